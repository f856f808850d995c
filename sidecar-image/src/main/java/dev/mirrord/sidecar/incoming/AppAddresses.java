package dev.mirrord.sidecar.incoming;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the address at which a listener of the app is met, and in whose name. */
public final class AppAddresses {
    private final List<InetAddress> own;
    private volatile Set<InetAddress> target = Set.of();

    /**
     * @param app where to connect to
     * @param asPeer false for a listener on loopback alone: it can only be shown a loopback peer
     */
    public record Way(InetSocketAddress app, boolean asPeer) {}

    /**
     * @param own the container's addresses
     */
    public AppAddresses(List<InetAddress> own) {
        this.own = List.copyOf(own);
    }

    /** The pod's addresses, which are on our loopback device. */
    public void target(Set<InetAddress> addresses) {
        target = Set.copyOf(addresses);
    }

    /** Prefers a listener that the peer's family can reach, then any. */
    Optional<Way> way(List<ListenAddress> listeners, InetAddress peer, InetAddress original) {
        Optional<Way> inPeersName =
                listeners.stream()
                        .filter(listener -> !listener.isLoopback())
                        .flatMap(listener -> asPeer(listener, peer, original).stream())
                        .findFirst();
        return inPeersName.or(
                () ->
                        listeners.stream()
                                .findFirst()
                                .map(
                                        listener ->
                                                new Way(
                                                        new InetSocketAddress(
                                                                loopbackOf(listener),
                                                                listener.port()),
                                                        false)));
    }

    private Optional<Way> asPeer(ListenAddress listener, InetAddress peer, InetAddress original) {
        InetAddress address = listener.address();
        if (!address.isAnyLocalAddress()) {
            return family(address) == family(peer)
                    ? Optional.of(new Way(new InetSocketAddress(address, listener.port()), true))
                    : Optional.empty();
        }
        // A listener on :: takes IPv4 too, unless it says otherwise; the connect will tell.
        if (address instanceof Inet4Address && family(peer) != 4) {
            return Optional.empty();
        }
        return destination(peer, original)
                .map(own -> new Way(new InetSocketAddress(own, listener.port()), true));
    }

    private Optional<InetAddress> destination(InetAddress peer, InetAddress original) {
        if (target.contains(original) && family(original) == family(peer)) {
            return Optional.of(original);
        }
        return target.stream()
                .filter(address -> family(address) == family(peer))
                .findFirst()
                .or(
                        () ->
                                own.stream()
                                        .filter(address -> family(address) == family(peer))
                                        .findFirst());
    }

    private static InetAddress loopbackOf(ListenAddress listener) {
        return listener.address().isAnyLocalAddress()
                ? InetAddress.getLoopbackAddress()
                : listener.address();
    }

    private static int family(InetAddress address) {
        return address instanceof Inet4Address ? 4 : 6;
    }
}
