package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UdpDatagramTest {
    private static final String COOKED = "0000 0001 0006 020000000001 0000 0800";
    private static final String IP = "4500 001f 0001 4000 40 11 0000 0a000001 0a000002";
    private static final String UDP = "1092 0035 000b 3fc9";
    private static final String GET =
            HexFormat.of().formatHex("GET".getBytes(StandardCharsets.US_ASCII));
    private static final String PADDING = "000000";

    private static Optional<UdpDatagram> parse(String... parts) {
        byte[] packet = HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
        return IpPacket.parse(packet, new Fragments()).flatMap(UdpDatagram::parse);
    }

    @Test
    void aDatagramIsReadWithoutItsPadding() {
        UdpDatagram datagram = parse(COOKED, IP, UDP, GET, PADDING).orElseThrow();
        assertThat(datagram.source().toString()).isEqualTo("/10.0.0.1:4242");
        assertThat(datagram.destination().toString()).isEqualTo("/10.0.0.2:53");
        assertThat(new String(datagram.packet(), datagram.offset(), datagram.length()))
                .isEqualTo("GET");
    }

    @Test
    void oneWithoutAChecksumIsRightOnIpv4Only() {
        assertThat(parse(COOKED, IP, "1092 0035 000b 0000", GET)).isPresent();
        String six =
                "60000000 000b 11 40 fd000000000000000000000000000001"
                        + " fd000000000000000000000000000002";
        assertThat(parse(COOKED.replace("0800", "86dd"), six, "1092 0035 000b 0000", GET))
                .isEmpty();
    }

    @Test
    void whatTheKernelDiscardsIsNone() {
        assertThat(parse(COOKED, IP, "1092 0035 000b 1234", GET)).isEmpty();
        assertThat(parse(COOKED, IP, "1092 0035 000c 0000", GET)).isEmpty();
        assertThat(parse(COOKED, IP, "1092 0035 0007 0000", GET)).isEmpty();
        assertThat(parse(COOKED, IP.replace("40 11", "40 06"), UDP, GET)).isEmpty();
    }
}
