package dev.mirrord.agent.files;

import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileAttributes.FileTime;
import dev.mirrord.protocol.files.PathBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What one thread reads the kernel's structures with. */
final class Scratch {
    private static final int PATH_MAX = 4096;
    private static final int LARGE = 128 * 1024;

    private final ByteBuffer status = direct(FileCalls.STATX_OCTETS);
    private final ByteBuffer link = direct(PATH_MAX);
    private final ByteBuffer large = direct(LARGE);

    /** A large buffer in native order, for one use at a time. */
    ByteBuffer large() {
        return large.clear();
    }

    /** Of an open file: 0 and then {@link #attributes}, or {@code -errno}. */
    int status(int fd) {
        return FileCalls.status(fd, status.clear());
    }

    /** Of a name in a directory. */
    int status(int directory, byte[] name) {
        return FileCalls.status(directory, name, status.clear());
    }

    /** What the last successful {@code status} found: struct statx. */
    FileAttributes attributes() {
        return new FileAttributes(
                number(0x88, 0x8c),
                status.getLong(0x20),
                status.getShort(0x1c) & 0xffff,
                status.getInt(0x10),
                status.getInt(0x14),
                status.getInt(0x18),
                (int) number(0x80, 0x84),
                status.getInt(0x04),
                status.getLong(0x28),
                status.getLong(0x30),
                time(0x40),
                time(0x70),
                time(0x60),
                time(0x50));
    }

    /** Where the symbolic link {@code name} (or {@code fd} itself, if empty) leads. */
    PathBytes link(int fd, byte[] name) {
        int length = FileCalls.readLink(fd, name, link.clear());
        byte[] bytes = new byte[Math.max(0, length)];
        link.get(0, bytes);
        return new PathBytes(bytes);
    }

    /** The kernel's 32 bits for a device (new_encode_dev). */
    private long number(int majorAt, int minorAt) {
        long major = status.getInt(majorAt);
        long minor = status.getInt(minorAt);
        return (minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12);
    }

    private FileTime time(int at) {
        return new FileTime(status.getLong(at), status.getInt(at + 8));
    }

    private static ByteBuffer direct(int octets) {
        return ByteBuffer.allocateDirect(octets).order(ByteOrder.nativeOrder());
    }
}
