package dev.mirrord.linux.socket;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A UDP socket that speaks from an address which need not be this machine's (IP_TRANSPARENT in
 * ip(7)). Sending is safe from every thread; the owner closes it when nobody sends.
 */
public final class TransparentSender implements AutoCloseable {
    private static final int IP_TRANSPARENT = 19;
    private static final int IPV6_TRANSPARENT = 75;

    private static final int IP_TTL = 2;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int DEFAULT_HOPS = -1;

    private final int fd;

    private TransparentSender(int fd) {
        this.fd = fd;
    }

    /**
     * @param mark SO_MARK of what is sent
     */
    public static TransparentSender open(InetSocketAddress from, int mark) throws ErrnoException {
        return open(from, mark, DEFAULT_HOPS);
    }

    /** With a hop limit of its own, by which a capture knows what is sent. */
    public static TransparentSender open(InetSocketAddress from, int mark, int hops)
            throws ErrnoException {
        int family = SocketAddresses.family(from.getAddress());
        int fd = Sockets.open(family, Sockets.SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            boolean four = family == Sockets.AF_INET;
            Sockets.option(fd, four ? 0 : 41, four ? IP_TRANSPARENT : IPV6_TRANSPARENT, 1);
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_MARK, mark);
            Sockets.option(fd, four ? 0 : 41, four ? IP_TTL : IPV6_UNICAST_HOPS, hops);
            Sockets.bind(fd, SocketAddresses.write(arena, from));
            return new TransparentSender(fd);
        } catch (ErrnoException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** Sends what is between position and limit; the result is lost, as UDP is. */
    public void send(ByteBuffer data, InetSocketAddress to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = MemorySegment.ofBuffer(data);
            if (!bytes.isNative()) {
                bytes = arena.allocate(data.remaining(), 8).copyFrom(bytes);
            }
            Sockets.send(fd, bytes, data.remaining(), SocketAddresses.write(arena, to));
        }
    }

    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
