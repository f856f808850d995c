package dev.mirrord.agent.mirror;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A captured UDP datagram (RFC 768).
 *
 * @param packet where the payload is, from {@code offset} on, {@code length} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each packet would cost
record UdpDatagram(
        InetSocketAddress source,
        InetSocketAddress destination,
        byte[] packet,
        int offset,
        int length) {
    static final int PROTOCOL = 17;

    private static final int HEADER = 8;
    private static final int CHECKSUM = 6;

    /** Reads what a packet carries; empty for all but UDP, and for what the kernel discards. */
    static Optional<UdpDatagram> parse(IpPacket ip) {
        byte[] bytes = ip.bytes();
        int at = ip.at();
        if (ip.protocol() != PROTOCOL || at + HEADER > ip.end()) {
            return Optional.empty();
        }
        // The packet may be padded.
        int end = at + IpPacket.u16(bytes, at + 4);
        if (end < at + HEADER || end > ip.end() || !isRight(ip.until(end))) {
            return Optional.empty();
        }
        return Optional.of(
                new UdpDatagram(
                        ip.source(IpPacket.u16(bytes, at)),
                        ip.destination(IpPacket.u16(bytes, at + 2)),
                        bytes,
                        at + HEADER,
                        end - at - HEADER));
    }

    /** Without a checksum it counts as right on IPv4, and as wrong on IPv6 (RFC 8200, 8.1). */
    private static boolean isRight(IpPacket ip) {
        return IpPacket.u16(ip.bytes(), ip.at() + CHECKSUM) == 0
                ? ip.addressLength() == 4
                : Checksum.isRight(ip, CHECKSUM);
    }
}
