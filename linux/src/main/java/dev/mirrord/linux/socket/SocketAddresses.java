package dev.mirrord.linux.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** {@code struct sockaddr_in} and {@code sockaddr_in6}: ip(7), ipv6(7). */
public final class SocketAddresses {
    /** Room for either of them. */
    public static final int SIZE = 28;

    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    public static int family(InetAddress address) {
        return address instanceof Inet4Address ? Sockets.AF_INET : Sockets.AF_INET6;
    }

    public static MemorySegment write(Arena arena, InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        boolean four = bytes.length == 4;
        MemorySegment segment = arena.allocate(four ? 16 : SIZE, 8);
        segment.set(FAMILY, 0, (short) family(address.getAddress()));
        segment.set(PORT, 2, (short) address.getPort());
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, four ? 4 : 8, bytes.length);
        return segment;
    }

    /**
     * @throws IllegalArgumentException for another family
     */
    public static InetSocketAddress read(MemorySegment segment, long offset) {
        int family = segment.get(FAMILY, offset);
        byte[] bytes =
                switch (family) {
                    case Sockets.AF_INET -> new byte[4];
                    case Sockets.AF_INET6 -> new byte[16];
                    default -> throw new IllegalArgumentException("address family " + family);
                };
        MemorySegment.copy(
                segment,
                ValueLayout.JAVA_BYTE,
                offset + (bytes.length == 4 ? 4 : 8),
                bytes,
                0,
                bytes.length);
        return new InetSocketAddress(
                address(bytes), Short.toUnsignedInt(segment.get(PORT, offset + 2)));
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address of " + bytes.length + " bytes", e);
        }
    }
}
