package dev.mirrord.agent.mirror;

import dev.mirrord.agent.passing.Passing;
import dev.mirrord.protocol.AddressCodec;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an IP packet carries (RFC 791, RFC 8200): the transport header and its payload, from {@code
 * at} to {@code end}.
 *
 * @param bytes the captured packet
 * @param protocol of what is carried, 6 for TCP, 17 for UDP
 * @param addresses where source and destination address lie, one after the other
 * @param addressLength 4 or 16
 * @param local it was on loopback
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each packet would cost
record IpPacket(
        byte[] bytes,
        int protocol,
        int at,
        int end,
        int addresses,
        int addressLength,
        boolean local) {

    /** Header that libpcap's device "any" puts before each packet (LINKTYPE_LINUX_SLL). */
    static final int COOKED_HEADER = 16;

    private static final int ARPHRD_LOOPBACK = 772;
    private static final int FOR_ANOTHER_HOST = 3;
    private static final int OUTGOING = 4;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOST_EXTENSIONS = 8;

    /**
     * Reads a cooked packet; empty for what an agent sends to the target, packets cut short, and
     * fragments whose rest is still to come. A packet on loopback is seen twice: when it leaves and
     * when it arrives.
     */
    static Optional<IpPacket> parse(byte[] packet, Fragments fragments) {
        if (packet.length < COOKED_HEADER + 20
                || u16(packet, 0) == FOR_ANOTHER_HOST
                || u16(packet, 0) == OUTGOING) {
            return Optional.empty();
        }
        return switch (u16(packet, 14)) {
            case IPV4 -> isPassing(packet, 8) ? Optional.empty() : parseIpv4(packet, fragments);
            case IPV6 -> isPassing(packet, 7) ? Optional.empty() : parseIpv6(packet, fragments);
            default -> Optional.empty();
        };
    }

    private static boolean isPassing(byte[] packet, int hops) {
        return isLocal(packet) && (packet[COOKED_HEADER + hops] & 0xff) == Passing.HOPS;
    }

    private static boolean isLocal(byte[] packet) {
        return u16(packet, 2) == ARPHRD_LOOPBACK;
    }

    /** The same, but what is carried ends earlier. */
    IpPacket until(int earlier) {
        return new IpPacket(bytes, protocol, at, earlier, addresses, addressLength, local);
    }

    InetSocketAddress source(int port) {
        return address(addresses, port);
    }

    InetSocketAddress destination(int port) {
        return address(addresses + addressLength, port);
    }

    private InetSocketAddress address(int from, int port) {
        return AddressCodec.of(Arrays.copyOfRange(bytes, from, from + addressLength), port);
    }

    private static Optional<IpPacket> parseIpv4(byte[] packet, Fragments fragments) {
        int ip = COOKED_HEADER;
        int header = (packet[ip] & 15) * 4;
        int length = u16(packet, ip + 2);
        // Super-packets of more than 64 KiB have no length (BIG TCP).
        int end = length == 0 ? packet.length : ip + length;
        if (header < 20 || end > packet.length || ip + header > end) {
            return Optional.empty();
        }
        IpPacket whole =
                new IpPacket(
                        packet,
                        packet[ip + 9] & 0xff,
                        ip + header,
                        end,
                        ip + 12,
                        4,
                        isLocal(packet));
        int fragment = u16(packet, ip + 6);
        // 0x3fff: more fragments, or not the first one.
        return (fragment & 0x3fff) == 0
                ? Optional.of(whole)
                : fragments.add(
                        whole,
                        u16(packet, ip + 4),
                        (fragment & 0x1fff) * 8,
                        (fragment & 0x2000) != 0);
    }

    private static Optional<IpPacket> parseIpv6(byte[] packet, Fragments fragments) {
        int ip = COOKED_HEADER;
        if (packet.length < ip + 40) {
            return Optional.empty();
        }
        int length = u16(packet, ip + 4);
        int end = length == 0 ? packet.length : ip + 40 + length;
        int next = packet[ip + 6] & 0xff;
        int at = ip + 40;
        for (int extension = 0; extension < MOST_EXTENSIONS; extension++) {
            if (end > packet.length || at + 8 > end) {
                return Optional.empty();
            }
            switch (next) {
                case HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS -> {
                    next = packet[at] & 0xff;
                    at += 8 + (packet[at + 1] & 0xff) * 8;
                }
                case FRAGMENT -> {
                    int place = u16(packet, at + 2);
                    IpPacket part =
                            new IpPacket(
                                    packet,
                                    packet[at] & 0xff,
                                    at + 8,
                                    end,
                                    ip + 8,
                                    16,
                                    isLocal(packet));
                    return (place & 0xfff9) == 0
                            ? Optional.of(part)
                            : fragments.add(
                                    part, u32(packet, at + 4), place & 0xfff8, (place & 1) != 0);
                }
                default -> {
                    return Optional.of(
                            new IpPacket(packet, next, at, end, ip + 8, 16, isLocal(packet)));
                }
            }
        }
        return Optional.empty();
    }

    static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    static int u32(byte[] bytes, int at) {
        return (u16(bytes, at) << 16) | u16(bytes, at + 2);
    }
}
