package dev.mirrord.linux.socket;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;

/** socket(2) and its like on raw descriptors. */
public final class Sockets {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_RCVTIMEO = 20;
    public static final int SO_SNDTIMEO = 21;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_MARK = 36;

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_RDWR = 2;

    private Sockets() {}

    /** A new descriptor, closed on exec. */
    public static int open(int domain, int type, int protocol) throws ErrnoException {
        return (int)
                ErrnoException.check(
                        "socket", SystemCall.SOCKET.invoke(domain, type | SOCK_CLOEXEC, protocol));
    }

    public static void bind(int fd, MemorySegment address) throws ErrnoException {
        ErrnoException.check(
                "bind", SystemCall.BIND.invoke(fd, address.address(), address.byteSize()));
    }

    /** Sets an option whose value is an int. */
    public static void option(int fd, int level, int name, int value) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            option(fd, level, name, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /**
     * Asks for a receive buffer beyond the system's limit; without CAP_NET_ADMIN it stays as it is.
     */
    public static void receiveBuffer(int fd, int bytes) {
        try {
            option(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        } catch (ErrnoException e) {
            // A smaller buffer loses packets earlier, which all of our senders survive.
        }
    }

    public static void option(int fd, int level, int name, MemorySegment value)
            throws ErrnoException {
        ErrnoException.check(
                "setsockopt " + level + " " + name,
                SystemCall.SETSOCKOPT.invoke(fd, level, name, value.address(), value.byteSize()));
    }

    /** Bytes received, or {@code -errno}. */
    public static int receive(int fd, MemorySegment into) {
        try {
            return (int) SystemCall.RECVFROM.invoke(fd, into.address(), into.byteSize(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /** Bytes received into the vectors of {@code header}, or {@code -errno}. */
    public static int receiveMessage(int fd, MemorySegment header) {
        return receiveMessage(fd, header, 0);
    }

    /** The same with flags as of recv(2). */
    static int receiveMessage(int fd, MemorySegment header, int flags) {
        try {
            return (int) SystemCall.RECVMSG.invoke(fd, header.address(), flags);
        } finally {
            Reference.reachabilityFence(header);
        }
    }

    /** Bytes sent, or {@code -errno}; {@code to} may be {@link MemorySegment#NULL}. */
    public static int send(int fd, MemorySegment data, long length, MemorySegment to) {
        try {
            return (int)
                    SystemCall.SENDTO.invoke(
                            fd, data.address(), length, 0, to.address(), to.byteSize());
        } finally {
            Reference.reachabilityFence(data);
            Reference.reachabilityFence(to);
        }
    }

    /** Wakes who receives, on sockets without connection too, where shutdown(2) says ENOTCONN. */
    static void wake(int fd) {
        SystemCall.SHUTDOWN.invoke(fd, SHUT_RDWR);
    }

    /** Sends a datagram without content; the result is lost, as UDP is. */
    public static void sendEmpty(int fd, InetSocketAddress to) {
        try (Arena arena = Arena.ofConfined()) {
            send(fd, MemorySegment.NULL, 0, SocketAddresses.write(arena, to));
        }
    }

    /** Gives up blocking receives after {@code milliseconds} with EAGAIN. */
    public static void receiveTimeout(int fd, long milliseconds) throws ErrnoException {
        timeout(fd, SO_RCVTIMEO, milliseconds);
    }

    /** Gives up what blocks in sending or connecting after {@code milliseconds} with EAGAIN. */
    public static void sendTimeout(int fd, long milliseconds) throws ErrnoException {
        timeout(fd, SO_SNDTIMEO, milliseconds);
    }

    private static void timeout(int fd, int option, long milliseconds) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            time.set(ValueLayout.JAVA_LONG, 0, milliseconds / 1000);
            time.set(ValueLayout.JAVA_LONG, 8, milliseconds % 1000 * 1000);
            option(fd, SOL_SOCKET, option, time);
        }
    }
}
