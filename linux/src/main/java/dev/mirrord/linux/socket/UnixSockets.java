package dev.mirrord.linux.socket;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import dev.mirrord.linux.file.OpenFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Raw unix sockets with a path, unix(7): Netty has none of packets. */
public final class UnixSockets {
    private static final int ADDRESS = 110;
    private static final int PATH = 2;
    private static final int BACKLOG = 128;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int CLOSE_DESCRIPTOR_ON_EXEC = 0x40000000;
    private static final int SCM_RIGHTS = 1;
    private static final int CONTROL = 24;
    private static final int CONTROL_HEAD = 16;
    private static final int DO_NOT_WAIT = 0x40;
    private static final int HEADER = 56;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private UnixSockets() {}

    /**
     * Connects; waits while the listener's queue is full.
     *
     * @param path of at most 107 octets
     * @return a descriptor that does not block, or {@code -errno}: EAGAIN when the time is over
     */
    public static int connect(String path, int type, long milliseconds) {
        int fd;
        try {
            fd = Sockets.open(Sockets.AF_UNIX, type, 0);
        } catch (ErrnoException e) {
            return -e.errno();
        }
        try (Arena arena = Arena.ofConfined()) {
            Sockets.sendTimeout(fd, milliseconds);
            MemorySegment address = address(arena, path);
            long result = -Errno.EINTR;
            while (result == -Errno.EINTR) {
                result = SystemCall.CONNECT.invoke(fd, address.address(), address.byteSize());
            }
            ErrnoException.check("connect " + path, result);
            doNotBlock(fd);
            return fd;
        } catch (ErrnoException e) {
            Descriptors.close(fd);
            return -e.errno();
        }
    }

    /** Listens; the path must be free. */
    public static int listen(String path, int type) throws ErrnoException {
        int fd = Sockets.open(Sockets.AF_UNIX, type, 0);
        try (Arena arena = Arena.ofConfined()) {
            Sockets.bind(fd, address(arena, path));
            ErrnoException.check("listen " + path, SystemCall.LISTEN.invoke(fd, BACKLOG));
            return fd;
        } catch (ErrnoException e) {
            Descriptors.close(fd);
            throw e;
        }
    }

    /** The next connection, which blocks, or {@code -errno}. */
    public static int accept(int listener) {
        return (int) SystemCall.ACCEPT.invoke(listener, 0, 0, CLOSE_ON_EXEC);
    }

    /**
     * The first octets that a peer sends, in one piece.
     *
     * @param most more than that is left where it is, or, of a packet, lost
     * @throws ErrnoException EAGAIN when nothing comes in time
     */
    public static byte[] receive(int fd, int most, long milliseconds) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(most);
            Sockets.receiveTimeout(fd, milliseconds);
            long length = ErrnoException.check("recv", Sockets.receive(fd, octets));
            return octets.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * What a peer sent at once, with a descriptor.
     *
     * @param descriptor closed on exec, the receiver's; -1 when none came
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Passed(byte[] octets, int descriptor) {}

    /**
     * What has arrived. Of several descriptors all but the first are closed, and what a descriptor
     * stands for stays as it is.
     *
     * @throws ErrnoException EAGAIN when nothing has
     */
    public static Passed receivePassed(int fd, int most) throws ErrnoException {
        return receivePassed(fd, most, DO_NOT_WAIT);
    }

    private static Passed receivePassed(int fd, int most, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(most);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ValueLayout.ADDRESS, 0, octets);
            vector.set(ValueLayout.JAVA_LONG, 8, most);
            MemorySegment control = arena.allocate(CONTROL, 8);
            MemorySegment header = arena.allocate(HEADER, 8);
            header.set(ValueLayout.ADDRESS, 16, vector);
            header.set(ValueLayout.JAVA_LONG, 24, 1);
            header.set(ValueLayout.ADDRESS, 32, control);
            header.set(ValueLayout.JAVA_LONG, 40, CONTROL);
            int received = Sockets.receiveMessage(fd, header, flags | CLOSE_DESCRIPTOR_ON_EXEC);
            long length = ErrnoException.check("recvmsg", received);
            boolean passed =
                    header.get(ValueLayout.JAVA_LONG, 40) > CONTROL_HEAD
                            && control.get(ValueLayout.JAVA_INT, 8) == Sockets.SOL_SOCKET
                            && control.get(ValueLayout.JAVA_INT, 12) == SCM_RIGHTS;
            long count = passed ? (control.get(ValueLayout.JAVA_LONG, 0) - CONTROL_HEAD) / 4 : 0;
            for (int i = 1; i < count; i++) {
                Descriptors.close(control.get(ValueLayout.JAVA_INT, CONTROL_HEAD + 4L * i));
            }
            return new Passed(
                    octets.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                    count > 0 ? control.get(ValueLayout.JAVA_INT, CONTROL_HEAD) : -1);
        }
    }

    /**
     * The descriptor that comes with the next message (SCM_RIGHTS); what the message says is lost.
     *
     * @throws ErrnoException EAGAIN when nothing comes in time, EINVAL when none came with it
     */
    public static int receiveDescriptor(int fd, long milliseconds) throws ErrnoException {
        Sockets.receiveTimeout(fd, milliseconds);
        int descriptor = receivePassed(fd, 1, 0).descriptor();
        if (descriptor < 0) {
            throw new ErrnoException("no descriptor", Errno.EINVAL);
        }
        return descriptor;
    }

    /** One packet; whether it arrives is not known. */
    public static void send(int fd, byte[] octets) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
            Sockets.send(fd, data, octets.length, MemorySegment.NULL);
        }
    }

    /** From now on the descriptor gives EAGAIN instead. */
    public static void doNotBlock(int fd) {
        long flags = SystemCall.FCNTL.invoke(fd, F_GETFL);
        SystemCall.FCNTL.invoke(fd, F_SETFL, flags | OpenFlags.NONBLOCK);
    }

    private static MemorySegment address(Arena arena, String path) throws ErrnoException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= ADDRESS - PATH) {
            throw new ErrnoException("path of a unix socket", Errno.EINVAL);
        }
        MemorySegment address = arena.allocate(ADDRESS, 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) Sockets.AF_UNIX);
        MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, PATH, bytes.length);
        return address;
    }
}
