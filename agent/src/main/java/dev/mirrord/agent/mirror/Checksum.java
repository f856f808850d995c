package dev.mirrord.agent.mirror;

/**
 * The Internet checksum (RFC 1071) of a TCP segment or UDP datagram with its pseudo header. What
 * leaves a virtual device of the same machine has only the pseudo header's part in its field: no
 * device has completed it, and nothing was on a wire.
 */
final class Checksum {
    private Checksum() {}

    /**
     * False for what the kernel discards.
     *
     * @param field where the transport header has its checksum
     */
    static boolean isRight(IpPacket packet, int field) {
        int length = packet.end() - packet.at();
        byte[] bytes = packet.bytes();
        int pseudo =
                folded(
                        sum(bytes, packet.addresses(), 2 * packet.addressLength())
                                + packet.protocol()
                                + length);
        return folded(sum(bytes, packet.at(), length) + pseudo) == 0xffff
                || IpPacket.u16(bytes, packet.at() + field) == pseudo;
    }

    private static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        int even = from + (length & ~1);
        for (int at = from; at < even; at += 2) {
            sum += IpPacket.u16(bytes, at);
        }
        return (length & 1) == 0 ? sum : sum + ((bytes[even] & 0xff) << 8);
    }

    private static int folded(long sum) {
        long rest = sum;
        while (rest > 0xffff) {
            rest = (rest & 0xffff) + (rest >> 16);
        }
        return (int) rest;
    }
}
