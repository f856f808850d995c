package dev.mirrord.linux.socket;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One netlink(7) socket. Sending is safe from every thread; receiving belongs to one. */
public final class NetlinkSocket implements AutoCloseable {
    public static final int SOCK_DIAG = 4;
    public static final int NETFILTER = 12;

    /** Bytes of {@code struct nlmsghdr}. */
    public static final int HEADER = 16;

    public static final int TYPE_ERROR = 2;
    public static final int TYPE_DONE = 3;
    public static final int REQUEST = 1;
    public static final int ACK = 4;
    public static final int DUMP = 0x300;

    private static final int BUFFER = 128 * 1024;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER, 8);

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    public static NetlinkSocket open(int protocol) throws ErrnoException {
        return new NetlinkSocket(Sockets.open(Sockets.AF_NETLINK, Sockets.SOCK_RAW, protocol));
    }

    public int fd() {
        return fd;
    }

    /** A buffer in the machine's byte order for a message of at most {@code size} bytes. */
    public static ByteBuffer message(int size, int type, int flags) {
        ByteBuffer message = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        return message.putInt(0).putShort((short) type).putShort((short) flags).putInt(1).putInt(0);
    }

    /** Fills in the length and sends. */
    public int send(ByteBuffer message) {
        message.putInt(0, message.position());
        message.flip();
        try (Arena once = Arena.ofConfined()) {
            MemorySegment copy = once.allocate(message.limit(), 8);
            copy.copyFrom(MemorySegment.ofBuffer(message));
            return Sockets.send(fd, copy, message.limit(), MemorySegment.NULL);
        }
    }

    /** The next datagram in the machine's byte order, valid until the next call; errors throw. */
    public ByteBuffer receive() throws ErrnoException {
        while (true) {
            int length = Sockets.receive(fd, buffer);
            if (length >= 0) {
                return buffer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
            }
            if (length != -Errno.EINTR) {
                throw new ErrnoException("recv from netlink", -length);
            }
        }
    }

    /** Sends a message that asks for an acknowledgement, and waits for it. */
    public void request(String what, ByteBuffer message) throws ErrnoException {
        int sent = send(message);
        if (sent < 0) {
            throw new ErrnoException(what, -sent);
        }
        ByteBuffer answer = receive();
        int error = answer.getShort(4) == TYPE_ERROR ? -answer.getInt(HEADER) : 0;
        if (error != 0) {
            throw new ErrnoException(what, error);
        }
    }

    /** Only the descriptor: a thread may still be in {@link #receive}. */
    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
