package dev.mirrord.sidecar.capture;

import dev.mirrord.config.NetworkConfig;
import dev.mirrord.config.filter.Destination;
import dev.mirrord.config.filter.ResolvedNames;
import dev.mirrord.config.filter.Side;
import dev.mirrord.config.filter.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Decides for each new flow. Called from many threads; what the agent tells arrives later. */
public final class CapturePolicy {
    private static final int DNS_PORT = 53;

    private final NetworkConfig config;
    private final Optional<String> dnsUpstream;
    private final ResolvedNames names;
    private final Predicate<InetSocketAddress> listeningHere;
    private volatile Target target = new Target(Set.of(), Set.of(), Set.of());

    /**
     * What is known of the target.
     *
     * @param addresses of its pod, on our loopback device
     * @param ownPorts served by the target's own container: the app takes its place, so they are
     *     never asked of the target's loopback
     */
    public record Target(
            Set<InetAddress> nameservers, Set<InetAddress> addresses, Set<Integer> ownPorts) {
        public Target {
            nameservers = Set.copyOf(nameservers);
            addresses = Set.copyOf(addresses);
            ownPorts = Set.copyOf(ownPorts);
        }
    }

    public CapturePolicy(
            NetworkConfig config,
            Optional<String> dnsUpstream,
            ResolvedNames names,
            Predicate<InetSocketAddress> listeningHere) {
        this.config = config;
        this.dnsUpstream = dnsUpstream;
        this.names = names;
        this.listeningHere = listeningHere;
    }

    public void target(Target known) {
        target = known;
    }

    public Decision decide(Transport transport, InetSocketAddress destination) {
        InetAddress address = destination.getAddress();
        if (destination.getPort() == DNS_PORT && config.dns().enabled()) {
            if (dnsUpstream.isPresent() && dnsUpstream.get().equals(Addresses.text(address))) {
                return Decision.DNS_UPSTREAM;
            }
            if (target.nameservers().contains(address)) {
                return Decision.DNS;
            }
        }
        boolean enabled =
                switch (transport) {
                    case TCP -> config.outgoing().tcp();
                    case UDP -> config.outgoing().udp();
                };
        if (!enabled) {
            return Decision.STAY;
        }
        if (address.isLoopbackAddress() || target.addresses().contains(address)) {
            return loopback(transport, destination);
        }
        return filtered(transport, destination);
    }

    private Decision loopback(Transport transport, InetSocketAddress destination) {
        boolean stays =
                transport == Transport.UDP
                        || config.outgoing().ignoreLocalhost()
                        || target.ownPorts().contains(destination.getPort())
                        || listeningHere.test(destination);
        return stays ? Decision.STAY : filtered(transport, destination);
    }

    private Decision filtered(Transport transport, InetSocketAddress destination) {
        Side side =
                config.outgoing()
                        .filter()
                        .decide(
                                new Destination(
                                        transport, destination.getAddress(), destination.getPort()),
                                names);
        return switch (side) {
            case LOCAL -> Decision.STAY;
            case REMOTE -> Decision.TARGET;
        };
    }
}
