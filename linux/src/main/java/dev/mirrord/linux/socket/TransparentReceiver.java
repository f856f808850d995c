package dev.mirrord.linux.socket;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket to which TPROXY hands datagrams for foreign addresses, each with its original
 * destination (IP_RECVORIGDSTADDR in ip(7)). Needs CAP_NET_ADMIN. Receiving belongs to one thread,
 * which lets go of the socket at its end.
 */
public final class TransparentReceiver implements AutoCloseable {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int IP_TRANSPARENT = 19;
    private static final int IP_ORIGINAL_DESTINATION = 20;
    private static final int IPV6_ONLY = 26;
    private static final int IPV6_ORIGINAL_DESTINATION = 74;
    private static final int IPV6_TRANSPARENT = 75;
    private static final int DATAGRAM = 65536;
    private static final int CONTROL = 256;
    private static final int RECEIVE_BUFFER = 4 << 20;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment name = arena.allocate(SocketAddresses.SIZE, 8);
    private final MemorySegment data = arena.allocate(DATAGRAM, 8);
    private final MemorySegment control = arena.allocate(CONTROL, 8);
    private final MemorySegment vector = arena.allocate(16, 8);
    private final MemorySegment header = arena.allocate(56, 8);
    private volatile boolean closed;

    /** Hears of datagrams, on the thread that runs the receiver. */
    @FunctionalInterface
    public interface Listener {
        /** {@code data} is valid during the call. */
        void onDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuffer data);
    }

    private TransparentReceiver(int fd) {
        this.fd = fd;
        vector.set(ValueLayout.ADDRESS, 0, data);
        vector.set(ValueLayout.JAVA_LONG, 8, DATAGRAM);
        header.set(ValueLayout.ADDRESS, 0, name);
        header.set(ValueLayout.ADDRESS, 16, vector);
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.ADDRESS, 32, control);
    }

    /** Binds to a loopback address of the family to be served. */
    public static TransparentReceiver open(InetAddress address, int port) throws ErrnoException {
        int family = SocketAddresses.family(address);
        int fd = Sockets.open(family, Sockets.SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            if (family == Sockets.AF_INET) {
                Sockets.option(fd, SOL_IP, IP_TRANSPARENT, 1);
                Sockets.option(fd, SOL_IP, IP_ORIGINAL_DESTINATION, 1);
            } else {
                Sockets.option(fd, SOL_IPV6, IPV6_ONLY, 1);
                Sockets.option(fd, SOL_IPV6, IPV6_TRANSPARENT, 1);
                Sockets.option(fd, SOL_IPV6, IPV6_ORIGINAL_DESTINATION, 1);
            }
            Sockets.receiveBuffer(fd, RECEIVE_BUFFER);
            Sockets.bind(fd, SocketAddresses.write(arena, new InetSocketAddress(address, port)));
            return new TransparentReceiver(fd);
        } catch (ErrnoException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** Serves until {@link #close}; blocks its thread. */
    public void run(Listener listener) throws ErrnoException {
        try (arena) {
            receive(listener);
        } finally {
            closed = true;
            Descriptors.close(fd);
        }
    }

    private void receive(Listener listener) throws ErrnoException {
        while (!closed) {
            header.set(ValueLayout.JAVA_INT, 8, SocketAddresses.SIZE);
            header.set(ValueLayout.JAVA_LONG, 40, CONTROL);
            int length = Sockets.receiveMessage(fd, header);
            if (closed) {
                return;
            }
            if (length >= 0) {
                InetSocketAddress to = destination();
                if (to != null) {
                    listener.onDatagram(
                            SocketAddresses.read(name, 0),
                            to,
                            data.asSlice(0, length).asByteBuffer());
                }
            } else if (length == -9) {
                throw new ErrnoException("recvmsg", -length);
            } else if (length != -Errno.EINTR) {
                Thread.onSpinWait(); // an ICMP error of an earlier answer: read on
            }
        }
    }

    /** Ends {@link #run}; any thread. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Sockets.wake(fd);
        }
    }

    private @Nullable InetSocketAddress destination() {
        long end = header.get(ValueLayout.JAVA_LONG, 40);
        long at = 0;
        while (at + 16 <= end) {
            long length = control.get(ValueLayout.JAVA_LONG, at);
            int level = control.get(ValueLayout.JAVA_INT, at + 8);
            int type = control.get(ValueLayout.JAVA_INT, at + 12);
            if ((level == SOL_IP && type == IP_ORIGINAL_DESTINATION)
                    || (level == SOL_IPV6 && type == IPV6_ORIGINAL_DESTINATION)) {
                return SocketAddresses.read(control, at + 16);
            }
            at += Math.max(16, (length + 7) & ~7L);
        }
        return null;
    }
}
