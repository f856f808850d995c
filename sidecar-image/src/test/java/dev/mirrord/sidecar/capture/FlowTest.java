package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.filter.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FlowTest {
    private static ByteBuffer packet(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void ipv4WithOptions() throws Exception {
        assertThat(
                        Flow.of(
                                packet(
                                        "4600003c 00004000 40060000 0a630702 0a010101 01010100 9c40"
                                                + " 0051 00000000")))
                .contains(
                        new Flow(
                                Transport.TCP,
                                new InetSocketAddress(InetAddress.getByName("10.99.7.2"), 40000),
                                new InetSocketAddress(InetAddress.getByName("10.1.1.1"), 81)));
    }

    @Test
    void ipv6Datagram() throws Exception {
        assertThat(
                        Flow.of(
                                packet(
                                        "60000000 0008 11 40"
                                                + "fd000000000000000000000000000001"
                                                + "fd000000000000000000000000000002"
                                                + "1388 0035 0008 0000")))
                .contains(
                        new Flow(
                                Transport.UDP,
                                new InetSocketAddress(InetAddress.getByName("fd00::1"), 5000),
                                new InetSocketAddress(InetAddress.getByName("fd00::2"), 53)));
    }

    @Test
    void whatIsNeitherIsNoFlow() {
        assertThat(Flow.of(packet("4500001c 00004000 40010000 0a630702 0a010101 0800000000000000")))
                .isEmpty();
        assertThat(Flow.of(packet("4500"))).isEmpty();
    }
}
