package dev.mirrord.linux.file;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** A tmpfs(5) of one's own. Needs SYS_ADMIN. */
public final class MemoryFileSystem {
    private static final int MS_NOSUID = 2;
    private static final int MS_NODEV = 4;
    private static final int MS_NOEXEC = 8;
    private static final int MNT_DETACH = 2;

    private MemoryFileSystem() {}

    /**
     * Mounts an empty one on {@code mountPoint}, a directory, in the place of what a predecessor
     * that was killed has left there: who watched its files is told that they are gone (IN_UNMOUNT,
     * inotify(7)).
     */
    public static void mount(Path mountPoint, String options) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(mountPoint.toString()).address();
            while (SystemCall.UMOUNT.invoke(path, MNT_DETACH) >= 0) {
                // One more was below it.
            }
            long type = arena.allocateFrom("tmpfs").address();
            ErrnoException.check(
                    "mount " + mountPoint,
                    SystemCall.MOUNT.invoke(
                            type,
                            path,
                            type,
                            MS_NOSUID | MS_NODEV | MS_NOEXEC,
                            arena.allocateFrom(options).address()));
        }
    }

    public static void unmount(Path mountPoint) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.UMOUNT.invoke(
                    arena.allocateFrom(mountPoint.toString()).address(), MNT_DETACH);
        }
    }
}
