package dev.mirrord.sidecar.incoming;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AppAddressesTest {
    private final AppAddresses addresses =
            new AppAddresses(List.of(address("172.17.0.2"), address("fd00::2")));
    private final InetAddress pod = address("10.244.0.9");
    private final InetAddress peer = address("10.244.0.77");

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<ListenAddress> on(String address) {
        return List.of(new ListenAddress(address(address), 80));
    }

    private static AppAddresses.Way way(String address, boolean asPeer) {
        return new AppAddresses.Way(new InetSocketAddress(address, 80), asPeer);
    }

    @Test
    void aWildcardListenerIsMetAtThePodsAddress() {
        addresses.target(Set.of(pod));
        assertThat(addresses.way(on("0.0.0.0"), peer, pod)).contains(way("10.244.0.9", true));
        assertThat(addresses.way(on("::"), peer, pod)).contains(way("10.244.0.9", true));
    }

    @Test
    void withoutAPodAddressItIsMetAtTheContainersOwn() {
        assertThat(addresses.way(on("0.0.0.0"), peer, pod)).contains(way("172.17.0.2", true));
        assertThat(addresses.way(on("::"), address("fd00:9::1"), address("fd00:9::2")))
                .contains(way("fd00::2", true));
    }

    @Test
    void aLoopbackListenerSeesLoopback() {
        assertThat(addresses.way(on("127.0.0.1"), peer, pod)).contains(way("127.0.0.1", false));
    }

    @Test
    void anIpv6PeerOfAnIpv4ListenerComesFromLoopback() {
        assertThat(addresses.way(on("0.0.0.0"), address("fd00:9::1"), address("fd00:9::2")))
                .hasValueSatisfying(way -> assertThat(way.asPeer()).isFalse());
    }

    @Test
    void nobodyListens() {
        assertThat(addresses.way(List.of(), peer, pod)).isEmpty();
    }
}
