package dev.mirrord.linux.file;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * File system calls on descriptors and on names below them. Every result is the kernel's, a failure
 * is {@code -errno}. Buffers are direct; their remaining bytes count, their positions stay.
 */
public final class FileCalls {
    /** {@code dirfd} that stands for the current directory: absolute names only. */
    public static final int AT_FDCWD = -100;

    /** Octets of {@code struct statx}. */
    public static final int STATX_OCTETS = 256;

    /** Octets of {@code struct statfs}. */
    public static final int STATFS_OCTETS = 120;

    private static final int RESOLVE_NO_MAGICLINKS = 2;
    private static final int RESOLVE_IN_ROOT = 16;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_AND_BIRTH = 0xfff;
    private static final int RACES = 64;
    private static final int PATH_MAX = 4096;
    private static final byte[] NOTHING = {};

    private FileCalls() {}

    /** open(2) of an absolute name of our own tree. */
    public static int open(byte[] path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.OPENAT.invoke(
                            AT_FDCWD, text(arena, path), flags | OpenFlags.CLOSE_ON_EXEC);
        }
    }

    /**
     * openat2(2) with {@code root} in the place of {@code /}: neither {@code ..} nor a symbolic
     * link leads out of it, and links of /proc to open files are not followed.
     */
    public static int openInRoot(int root, byte[] path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(24, 8);
            how.set(ValueLayout.JAVA_LONG, 0, flags | (long) OpenFlags.CLOSE_ON_EXEC);
            how.set(ValueLayout.JAVA_LONG, 8, mode);
            how.set(ValueLayout.JAVA_LONG, 16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
            long name = text(arena, path.length == 0 ? new byte[] {'.'} : path);
            long result;
            int tries = 0;
            do {
                // EAGAIN: something was renamed while a ".." was looked up (openat2(2)).
                result = SystemCall.OPENAT2.invoke(root, name, how.address(), 24);
            } while (result == -Errno.EAGAIN && ++tries < RACES);
            return (int) result;
        }
    }

    /** statx(2) of an open file into {@code buffer} (native order, {@link #STATX_OCTETS}). */
    public static int status(int fd, ByteBuffer buffer) {
        return statx(fd, NOTHING, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, buffer);
    }

    /** statx(2) of {@code name} in a directory; a symbolic link is not followed. */
    public static int status(int directory, byte[] name, ByteBuffer buffer) {
        return statx(directory, name, AT_SYMLINK_NOFOLLOW, buffer);
    }

    private static int statx(int fd, byte[] name, int flags, ByteBuffer buffer) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.STATX.invoke(
                            fd, text(arena, name), flags, STATX_BASIC_AND_BIRTH, address(buffer));
        }
    }

    /** getdents64(2). */
    public static int entries(int directory, ByteBuffer buffer) {
        return (int) SystemCall.GETDENTS.invoke(directory, address(buffer), buffer.remaining());
    }

    /** readlinkat(2); with an empty name the link that {@code fd} itself is. */
    public static int readLink(int fd, byte[] name, ByteBuffer buffer) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.READLINKAT.invoke(
                            fd, text(arena, name), address(buffer), buffer.remaining());
        }
    }

    public static int read(int fd, ByteBuffer buffer, long offset) {
        return (int) SystemCall.PREAD.invoke(fd, address(buffer), buffer.remaining(), offset);
    }

    public static int write(int fd, ByteBuffer buffer, long offset) {
        return (int) SystemCall.PWRITE.invoke(fd, address(buffer), buffer.remaining(), offset);
    }

    public static int truncate(int fd, long size) {
        return (int) SystemCall.FTRUNCATE.invoke(fd, size);
    }

    public static int sync(int fd, boolean dataOnly) {
        SystemCall call = dataOnly ? SystemCall.FDATASYNC : SystemCall.FSYNC;
        return (int) call.invoke(fd);
    }

    public static int allocate(int fd, int mode, long offset, long length) {
        return (int) SystemCall.FALLOCATE.invoke(fd, mode, offset, length);
    }

    public static long seek(int fd, long offset, int whence) {
        return SystemCall.LSEEK.invoke(fd, offset, whence);
    }

    /** fstatfs(2) into {@code buffer} (native order, {@link #STATFS_OCTETS}). */
    public static int fileSystem(int fd, ByteBuffer buffer) {
        return (int) SystemCall.FSTATFS.invoke(fd, address(buffer));
    }

    public static int makeDirectory(int directory, byte[] name, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.MKDIRAT.invoke(directory, text(arena, name), mode);
        }
    }

    public static int makeNode(int directory, byte[] name, int mode, int device) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.MKNODAT.invoke(directory, text(arena, name), mode, device);
        }
    }

    public static int symbolicLink(byte[] target, int directory, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.SYMLINKAT.invoke(text(arena, target), directory, text(arena, name));
        }
    }

    /** linkat(2); a symbolic link is not followed. */
    public static int link(int fromDirectory, byte[] from, int directory, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.LINKAT.invoke(
                            fromDirectory, text(arena, from), directory, text(arena, name), 0);
        }
    }

    public static int rename(
            int fromDirectory, byte[] from, int directory, byte[] name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.RENAMEAT.invoke(
                            fromDirectory, text(arena, from), directory, text(arena, name), flags);
        }
    }

    public static int unlink(int directory, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.UNLINKAT.invoke(directory, text(arena, name), 0);
        }
    }

    public static int removeDirectory(int directory, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.UNLINKAT.invoke(directory, text(arena, name), AT_REMOVEDIR);
        }
    }

    /** faccessat2(2) by the thread's file system identity, which the kernel takes of itself. */
    public static int access(int fd, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            int effective = 0x200;
            return (int)
                    SystemCall.FACCESSAT.invoke(AT_FDCWD, text(arena, itself(fd)), mode, effective);
        }
    }

    /** chmod(2) of what {@code fd}, which may be opened by {@link OpenFlags#PATH}, stands for. */
    public static int mode(int fd, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.FCHMODAT.invoke(AT_FDCWD, text(arena, itself(fd)), mode);
        }
    }

    /** chown(2); -1 leaves a value. */
    public static int owner(int fd, int uid, int gid) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.FCHOWNAT.invoke(
                            fd,
                            text(arena, NOTHING),
                            uid,
                            gid,
                            AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
        }
    }

    /**
     * utimensat(2) of what {@code fd} stands for.
     *
     * @param times seconds and nanoseconds of access and modification
     */
    public static int times(int fd, long[] times) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocateFrom(ValueLayout.JAVA_LONG, times);
            return (int)
                    SystemCall.UTIMENSAT.invoke(
                            AT_FDCWD, text(arena, itself(fd)), both.address(), 0);
        }
    }

    /** Opens what {@code fd}, opened by {@link OpenFlags#PATH}, stands for. */
    public static int reopen(int fd, int flags) {
        return open(itself(fd), flags);
    }

    /** inotify_add_watch(2) of what {@code fd} stands for; the watch, or {@code -errno}. */
    public static int watch(int inotify, int fd, int mask) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.INOTIFY_ADD_WATCH.invoke(inotify, text(arena, itself(fd)), mask);
        }
    }

    /** The name of the open file in this mount namespace, as proc(5) shows it, or null. */
    public static byte @Nullable [] nameOf(int fd) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PATH_MAX);
        int length = readLink(AT_FDCWD, itself(fd), buffer);
        if (length < 0) {
            return null;
        }
        byte[] name = new byte[length];
        buffer.get(0, name);
        return name;
    }

    public static int getAttribute(int fd, byte[] name, ByteBuffer value) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.GETXATTR.invoke(
                            text(arena, itself(fd)),
                            text(arena, name),
                            address(value),
                            value.remaining());
        }
    }

    public static int setAttribute(int fd, byte[] name, byte[] value, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.SETXATTR.invoke(
                            text(arena, itself(fd)),
                            text(arena, name),
                            text(arena, value),
                            value.length,
                            flags);
        }
    }

    public static int listAttributes(int fd, ByteBuffer names) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    SystemCall.LISTXATTR.invoke(
                            text(arena, itself(fd)), address(names), names.remaining());
        }
    }

    public static int removeAttribute(int fd, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.REMOVEXATTR.invoke(text(arena, itself(fd)), text(arena, name));
        }
    }

    /** A name of the open file for calls that know no descriptors without access (proc(5)). */
    private static byte[] itself(int fd) {
        return ("/proc/self/fd/" + fd).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static long address(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address();
    }

    /** Ends in NUL. */
    private static long text(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment.address();
    }
}
