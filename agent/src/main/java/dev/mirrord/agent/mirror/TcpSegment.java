package dev.mirrord.agent.mirror;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A captured TCP segment (RFC 9293).
 *
 * @param sequence of the first byte of the payload, or of the SYN
 * @param packet where the payload is, from {@code offset} on, {@code length} bytes
 * @param local it was on loopback
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each packet would cost
record TcpSegment(
        InetSocketAddress source,
        InetSocketAddress destination,
        int sequence,
        int flags,
        byte[] packet,
        int offset,
        int length,
        boolean local) {
    static final int PROTOCOL = 6;

    /** A larger packet was merged out of several that were checked one by one. */
    private static final int LARGEST_CHECKED = 1_500;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final int CHECKSUM = 16;

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

    private static boolean isRight(IpPacket ip) {
        return ip.end() - ip.at() > LARGEST_CHECKED || Checksum.isRight(ip, CHECKSUM);
    }

    /** Reads what a packet carries; empty for all but TCP, and for what the kernel discards. */
    static Optional<TcpSegment> parse(IpPacket ip) {
        byte[] bytes = ip.bytes();
        int at = ip.at();
        if (ip.protocol() != PROTOCOL || at + 20 > ip.end()) {
            return Optional.empty();
        }
        int header = (bytes[at + 12] & 0xf0) >> 2;
        if (header < 20 || at + header > ip.end() || !isRight(ip)) {
            return Optional.empty();
        }
        return Optional.of(
                new TcpSegment(
                        ip.source(IpPacket.u16(bytes, at)),
                        ip.destination(IpPacket.u16(bytes, at + 2)),
                        IpPacket.u32(bytes, at + 4),
                        bytes[at + 13] & 0xff,
                        bytes,
                        at + header,
                        ip.end() - at - header,
                        ip.local()));
    }
}
