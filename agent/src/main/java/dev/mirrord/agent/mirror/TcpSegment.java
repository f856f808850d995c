package dev.mirrord.agent.mirror;

import dev.mirrord.protocol.AddressCodec;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * A captured TCP segment (RFC 9293).
 *
 * @param sequence of the first byte of the payload, or of the SYN
 * @param packet where the payload is, from {@code offset} on, {@code length} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each packet would cost
record TcpSegment(
        InetSocketAddress source,
        InetSocketAddress destination,
        int sequence,
        int flags,
        byte[] packet,
        int offset,
        int length) {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;

    /** Header that libpcap's device "any" puts before each packet (LINKTYPE_LINUX_SLL). */
    private static final int COOKED_HEADER = 16;

    private static final int ARPHRD_LOOPBACK = 772;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int PROTOCOL_TCP = 6;

    boolean fin() {
        return (flags & FIN) != 0;
    }

    boolean syn() {
        return (flags & SYN) != 0;
    }

    boolean rst() {
        return (flags & RST) != 0;
    }

    boolean ack() {
        return (flags & ACK) != 0;
    }

    /** Reads a cooked packet; empty for loopback, fragments, cut packets and all but TCP. */
    static Optional<TcpSegment> parse(byte[] packet) {
        if (packet.length < COOKED_HEADER + 20 || u16(packet, 2) == ARPHRD_LOOPBACK) {
            return Optional.empty();
        }
        return switch (u16(packet, 14)) {
            case IPV4 -> parseIpv4(packet);
            case IPV6 -> parseIpv6(packet);
            default -> Optional.empty();
        };
    }

    private static Optional<TcpSegment> parseIpv4(byte[] packet) {
        int at = COOKED_HEADER;
        int header = (packet[at] & 15) * 4;
        // 0x3fff: more fragments, or not the first one.
        boolean fragment = (u16(packet, at + 6) & 0x3fff) != 0;
        if (fragment || packet[at + 9] != PROTOCOL_TCP) {
            return Optional.empty();
        }
        return parseTcp(packet, at + header, at + u16(packet, at + 2), at + 12, 4);
    }

    private static Optional<TcpSegment> parseIpv6(byte[] packet) {
        int at = COOKED_HEADER;
        if (packet.length < at + 40 || packet[at + 6] != PROTOCOL_TCP) {
            return Optional.empty();
        }
        return parseTcp(packet, at + 40, at + 40 + u16(packet, at + 4), at + 8, 16);
    }

    private static Optional<TcpSegment> parseTcp(
            byte[] packet, int at, int end, int addresses, int addressLength) {
        if (end > packet.length || at + 20 > end) {
            return Optional.empty();
        }
        int payload = at + ((packet[at + 12] & 0xf0) >> 2);
        if (payload > end) {
            return Optional.empty();
        }
        return Optional.of(
                new TcpSegment(
                        address(packet, addresses, addressLength, u16(packet, at)),
                        address(
                                packet,
                                addresses + addressLength,
                                addressLength,
                                u16(packet, at + 2)),
                        (u16(packet, at + 4) << 16) | u16(packet, at + 6),
                        packet[at + 13] & 0xff,
                        packet,
                        payload,
                        end - payload));
    }

    private static InetSocketAddress address(byte[] packet, int at, int length, int port) {
        return AddressCodec.of(Arrays.copyOfRange(packet, at, at + length), port);
    }

    private static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }
}
