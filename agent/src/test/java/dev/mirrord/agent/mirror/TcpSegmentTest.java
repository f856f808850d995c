package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TcpSegmentTest {
    private static final String COOKED = "0000 0001 0006 020000000001 0000 0800";
    private static final String IP = "4500 002b 0001 4000 40 06 0000 0a000001 0a000002";
    private static final String TCP = "1f90 0050 fffffffe 00000001 5018 ffff 1420 0000";
    private static final String TCP6 = TCP.replace("1420 0000", "fa21 0000");
    private static final String PADDING = "000000";

    private static byte[] packet(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    private static final String GET =
            HexFormat.of().formatHex("GET".getBytes(StandardCharsets.US_ASCII));

    @Test
    void anIpv4SegmentIsReadWithoutItsPadding() {
        TcpSegment segment = parse(packet(COOKED, IP, TCP, GET, PADDING)).orElseThrow();
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
                parse(packet(COOKED.replace("0800", "86dd"), ip, TCP6, GET)).orElseThrow();
        assertThat(segment.source().getPort()).isEqualTo(8080);
        assertThat(segment.length()).isEqualTo(3);
    }

    @Test
    void anIpv6SegmentIsFoundBehindExtensionHeaders() {
        String hopByHop = "2b 00 0104 00000000";
        String routing = "06 00 0400 00000000";
        String ip =
                "60000000 0027 00 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002";
        TcpSegment segment =
                parse(packet(COOKED.replace("0800", "86dd"), ip, hopByHop, routing, TCP6, GET))
                        .orElseThrow();
        assertThat(new String(segment.packet(), segment.offset(), segment.length()))
                .isEqualTo("GET");
    }

    @Test
    void aSegmentOfTheLoopbackDeviceIsRead() {
        assertThat(parse(packet(COOKED.replaceFirst("0001", "0304"), IP, TCP, GET))).isPresent();
    }

    @Test
    void outgoingAndCutPacketsAreNotRead() {
        assertThat(parse(packet(COOKED.replaceFirst("0000", "0004"), IP, TCP, GET))).isEmpty();
        assertThat(parse(packet(COOKED, IP, TCP, "47"))).isEmpty();
        assertThat(parse(new byte[3])).isEmpty();
    }

    @Test
    void whatWasDamagedOnItsWayIsNotRead() {
        String right = TCP.replace("1420 0000", "e0a1 0000");
        assertThat(parse(packet(COOKED, IP, right, GET))).isPresent();
        assertThat(parse(packet(COOKED, IP, right, GET.replace("47", "46")))).isEmpty();
    }

    @Test
    void fragmentsArePutTogetherInAnyOrder() {
        Fragments fragments = new Fragments();
        byte[] whole = packet(TCP, GET);
        byte[] first = fragment(whole, 0, 16, true);
        byte[] last = fragment(whole, 16, whole.length, false);
        assertThat(IpPacket.parse(last, fragments)).isEmpty();
        TcpSegment segment =
                IpPacket.parse(first, fragments).flatMap(TcpSegment::parse).orElseThrow();
        assertThat(segment.source().toString()).isEqualTo("/10.0.0.1:8080");
        assertThat(new String(segment.packet(), segment.offset(), segment.length()))
                .isEqualTo("GET");
    }

    @Test
    void fragmentsThatOverlapAreDiscarded() {
        Fragments fragments = new Fragments();
        byte[] whole = packet(TCP, GET);
        assertThat(IpPacket.parse(fragment(whole, 0, 16, true), fragments)).isEmpty();
        assertThat(IpPacket.parse(fragment(whole, 8, whole.length, false), fragments)).isEmpty();
        assertThat(IpPacket.parse(fragment(whole, 16, whole.length, false), fragments)).isEmpty();
    }

    private static byte[] fragment(byte[] whole, int from, int to, boolean more) {
        String part = HexFormat.of().formatHex(Arrays.copyOfRange(whole, from, to));
        String ip =
                IP.replace("002b", "%04x".formatted(20 + to - from))
                        .replace("4000", "%04x".formatted((more ? 0x2000 : 0) | from / 8));
        return packet(COOKED, ip, part);
    }

    private static Optional<TcpSegment> parse(byte[] packet) {
        return IpPacket.parse(packet, new Fragments()).flatMap(TcpSegment::parse);
    }
}
