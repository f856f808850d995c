package dev.mirrord.config.filter;

import java.util.Optional;

/**
 * One entry of a filter.
 *
 * @param transport empty for both
 * @param port 0 for any
 */
public record Rule(Optional<Transport> transport, Host host, int port) {

    /**
     * Decides about a destination; a rule with a name matches the addresses that the name led to.
     */
    public boolean matches(Destination destination, ResolvedNames names) {
        return (transport.isEmpty() || transport.get() == destination.transport())
                && (port == 0 || port == destination.port())
                && (host.matchesAddress(destination.address())
                        || names.namesOf(destination.address()).stream()
                                .anyMatch(host::matchesName));
    }

    /** The canonical text; {@link RuleParser} reads it back to an equal rule. */
    @Override
    public String toString() {
        String scheme =
                transport
                        .map(
                                t ->
                                        switch (t) {
                                            case TCP -> "tcp://";
                                            case UDP -> "udp://";
                                        })
                        .orElse("");
        return scheme + host + (port == 0 && !(host instanceof Host.Any) ? "" : ":" + port);
    }
}
