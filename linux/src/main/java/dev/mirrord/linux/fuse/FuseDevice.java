package dev.mirrord.linux.fuse;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One mounted FUSE file system. Needs /dev/fuse and CAP_SYS_ADMIN. When the device is closed, also
 * by the end of the process, the kernel answers everything that waits with an error, and everything
 * later with ENOTCONN.
 */
public final class FuseDevice implements AutoCloseable {
    private static final int MS_NOSUID = 2;
    private static final int MS_NODEV = 4;
    private static final int MNT_FORCE = 1;
    private static final int MNT_DETACH = 2;

    private final int fd;
    private final Path mountPoint;

    private FuseDevice(int fd, Path mountPoint) {
        this.fd = fd;
        this.mountPoint = mountPoint;
    }

    /**
     * Mounts on {@code mountPoint}, over whatever a predecessor that was killed has left there.
     *
     * @throws ErrnoException ENOENT, ENODEV without the device; EPERM without the capability
     */
    public static FuseDevice mount(Path mountPoint, String name) throws ErrnoException {
        int fd =
                FileCalls.open(
                        "/dev/fuse".getBytes(StandardCharsets.US_ASCII), OpenFlags.READ_WRITE);
        if (fd < 0) {
            throw new ErrnoException("open /dev/fuse", -fd);
        }
        while (unmount(mountPoint, MNT_DETACH) >= 0) {
            // One more was below it.
        }
        try (Arena arena = Arena.ofConfined()) {
            String options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other".formatted(fd);
            long result =
                    SystemCall.MOUNT.invoke(
                            arena.allocateFrom(name).address(),
                            arena.allocateFrom(mountPoint.toString()).address(),
                            arena.allocateFrom("fuse." + name).address(),
                            MS_NOSUID | MS_NODEV,
                            arena.allocateFrom(options).address());
            if (result < 0) {
                Descriptors.close(fd);
                throw new ErrnoException("mount " + mountPoint, (int) -result);
            }
        }
        return new FuseDevice(fd, mountPoint);
    }

    /** Mounts nothing: answers go nowhere, requests do not come. */
    public static FuseDevice unmounted() throws ErrnoException {
        int fd =
                FileCalls.open(
                        "/dev/null".getBytes(StandardCharsets.US_ASCII), OpenFlags.READ_WRITE);
        if (fd < 0) {
            throw new ErrnoException("open /dev/null", -fd);
        }
        return new FuseDevice(fd, Path.of("/dev/null"));
    }

    /**
     * Waits for the next request; several threads may.
     *
     * @param buffer direct; holds the request from its position on
     * @return octets, or {@code -errno}: ENODEV when it is unmounted, EINTR, EAGAIN and ENOENT when
     *     there was nothing after all
     */
    public int read(ByteBuffer buffer) {
        return (int)
                SystemCall.READ.invoke(
                        fd, MemorySegment.ofBuffer(buffer).address(), buffer.remaining());
    }

    /** Answers a request, or notifies; ENOENT: nobody waits for the answer any more. */
    public int write(ByteBuffer buffer) {
        return (int)
                SystemCall.WRITE.invoke(
                        fd, MemorySegment.ofBuffer(buffer).address(), buffer.remaining());
    }

    /** Unmounts; files that are still open fail from now on with ENOTCONN. */
    @Override
    public void close() {
        // By force: where it is mounted elsewhere, too, nobody would be answered any more.
        unmount(mountPoint, MNT_FORCE | MNT_DETACH);
        Descriptors.close(fd);
    }

    private static long unmount(Path mountPoint, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    SystemCall.UMOUNT.invoke(
                            arena.allocateFrom(mountPoint.toString()).address(), flags);
            return result == -Errno.EINTR ? 0 : result;
        }
    }
}
