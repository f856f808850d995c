package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.filter.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EmptyDatagramTest {
    @Test
    void hasTheHeadersThatTheKernelWouldMake() {
        byte[] four =
                EmptyDatagram.of(
                        new InetSocketAddress("10.0.0.1", 4660),
                        new InetSocketAddress("10.0.0.2", 81));
        assertThat(HexFormat.of().formatHex(four))
                .isEqualTo("4500001c00004000401126cf0a0000010a000002123400510008d956");
        byte[] six =
                EmptyDatagram.of(
                        new InetSocketAddress("fd00::1", 4660),
                        new InetSocketAddress("fd00::2", 81));
        assertThat(HexFormat.of().formatHex(six))
                .isEqualTo(
                        "6000000000081140fd000000000000000000000000000001"
                                + "fd000000000000000000000000000002123400510008f354");
    }

    @Test
    void isReadAsItsFlow() {
        InetSocketAddress app = new InetSocketAddress("10.0.0.1", 4660);
        InetSocketAddress peer = new InetSocketAddress("10.0.0.2", 81);
        assertThat(Flow.of(ByteBuffer.wrap(EmptyDatagram.of(app, peer))))
                .contains(new Flow(Transport.UDP, app, peer));
    }
}
