package dev.mirrord.sidecar.capture;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A UDP datagram without content, from its IP header on (RFC 791, RFC 8200, RFC 768). */
public final class EmptyDatagram {
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;
    private static final int HOPS = 64;

    private EmptyDatagram() {}

    /** From and to addresses of one family. */
    public static byte[] of(InetSocketAddress from, InetSocketAddress to) {
        byte[] source = from.getAddress().getAddress();
        byte[] destination = to.getAddress().getAddress();
        ByteBuffer packet = source.length == 4 ? ipv4() : ipv6();
        packet.put(source).put(destination);
        int header = packet.position();
        packet.putShort((short) from.getPort()).putShort((short) to.getPort());
        packet.putShort((short) UDP_HEADER).putShort((short) 0);
        if (source.length == 4) {
            packet.putShort(10, checksum(sum(packet, 0, header)));
        }
        // The pseudo header holds the addresses, the protocol and the length.
        int addresses = header - source.length - destination.length;
        int sum = sum(packet, addresses, packet.limit()) + UDP + UDP_HEADER;
        short checksum = checksum(sum);
        packet.putShort(header + 6, checksum == 0 ? -1 : checksum);
        byte[] bytes = new byte[packet.limit()];
        packet.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer ipv4() {
        ByteBuffer packet = ByteBuffer.allocate(20 + UDP_HEADER);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.limit());
        packet.putInt(0x4000).put((byte) HOPS).put((byte) UDP).putShort((short) 0);
        return packet;
    }

    private static ByteBuffer ipv6() {
        ByteBuffer packet = ByteBuffer.allocate(40 + UDP_HEADER);
        packet.putInt(0x60000000).putShort((short) UDP_HEADER);
        return packet.put((byte) UDP).put((byte) HOPS);
    }

    private static int sum(ByteBuffer packet, int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at += 2) {
            sum += Short.toUnsignedInt(packet.getShort(at));
        }
        return sum;
    }

    private static short checksum(int sum) {
        int folded = (sum & 0xffff) + (sum >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (short) ~folded;
    }
}
