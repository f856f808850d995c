package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TcpSegmentTest {
    private static final String COOKED = "0000 0001 0006 020000000001 0000 0800";
    private static final String IP = "4500 002b 0001 4000 40 06 0000 0a000001 0a000002";
    private static final String TCP = "1f90 0050 fffffffe 00000001 5018 ffff 0000 0000";
    private static final String PADDING = "000000";

    private static byte[] packet(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    private static final String GET =
            HexFormat.of().formatHex("GET".getBytes(StandardCharsets.US_ASCII));

    @Test
    void anIpv4SegmentIsReadWithoutItsPadding() {
        TcpSegment segment = TcpSegment.parse(packet(COOKED, IP, TCP, GET, PADDING)).orElseThrow();
        assertThat(segment.source().toString()).isEqualTo("/10.0.0.1:8080");
        assertThat(segment.destination().toString()).isEqualTo("/10.0.0.2:80");
        assertThat(segment.sequence()).isEqualTo(-2);
        assertThat(new String(segment.packet(), segment.offset(), segment.length()))
                .isEqualTo("GET");
        assertThat(segment.ack()).isTrue();
        assertThat(segment.syn() || segment.fin() || segment.rst()).isFalse();
    }

    @Test
    void anIpv6SegmentIsRead() {
        String ip =
                "60000000 0017 06 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002";
        TcpSegment segment =
                TcpSegment.parse(packet(COOKED.replace("0800", "86dd"), ip, TCP, GET))
                        .orElseThrow();
        assertThat(segment.source().getPort()).isEqualTo(8080);
        assertThat(segment.length()).isEqualTo(3);
    }

    @Test
    void loopbackFragmentsAndCutPacketsAreNotRead() {
        assertThat(TcpSegment.parse(packet(COOKED.replaceFirst("0001", "0304"), IP, TCP, GET)))
                .isEmpty();
        assertThat(TcpSegment.parse(packet(COOKED, IP.replace("4000", "2000"), TCP, GET)))
                .isEmpty();
        assertThat(TcpSegment.parse(packet(COOKED, IP, TCP, "47"))).isEmpty();
        assertThat(TcpSegment.parse(new byte[3])).isEmpty();
    }
}
