package dev.mirrord.session.docker.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A network of the engine that the namespace is connected to.
 *
 * @param links {@code container[:alias]}; only user-defined networks take them per network
 * @param gatewayPriority 0 unless given; engines since 28 know it
 */
public record NetworkAttachment(
        String name,
        List<String> aliases,
        List<String> links,
        Optional<String> ipv4,
        Optional<String> ipv6,
        Optional<String> macAddress,
        List<String> linkLocalAddresses,
        Map<String, String> driverOptions,
        int gatewayPriority) {

    private static final Set<String> BUILT_IN =
            Set.of(
                    "default",
                    "bridge",
                    "host",
                    "none",
                    "nat",
                    // podman's: whatever its user has configured, and its ways without a bridge
                    "private",
                    "podman",
                    "slirp4netns",
                    "pasta");

    public NetworkAttachment {
        aliases = List.copyOf(aliases);
        links = List.copyOf(links);
        linkLocalAddresses = List.copyOf(linkLocalAddresses);
        driverOptions = Map.copyOf(driverOptions);
    }

    static NetworkAttachment of(String name) {
        return new NetworkAttachment(
                name,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                0);
    }

    /** Names are resolved, and aliases and links allowed, on these only. */
    public boolean userDefined() {
        int colon = name.indexOf(':');
        return !BUILT_IN.contains(colon < 0 ? name : name.substring(0, colon))
                && !name.startsWith("container:");
    }

    NetworkAttachment withAliases(List<String> more) {
        return new NetworkAttachment(
                name,
                more,
                links,
                ipv4,
                ipv6,
                macAddress,
                linkLocalAddresses,
                driverOptions,
                gatewayPriority);
    }
}
