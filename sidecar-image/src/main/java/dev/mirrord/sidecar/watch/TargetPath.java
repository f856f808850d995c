package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.PathBytes;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a path leads in the target. */
final class TargetPath {
    private static final int MAY_READ = 4;

    private TargetPath() {}

    /**
     * Without links and dots. Waits for the agent: not on an event loop.
     *
     * @param mountPoint of the target's files
     * @throws ErrnoException what inotify_add_watch(2) would say
     */
    static PathBytes resolve(Path mountPoint, byte[] path, boolean followLast)
            throws ErrnoException {
        int root = FileCalls.open(PathBytes.of(mountPoint.toString()).bytes(), OpenFlags.PATH);
        if (root < 0) {
            throw new ErrnoException("open " + mountPoint, -root);
        }
        int flags = OpenFlags.PATH | (followLast ? 0 : OpenFlags.NO_FOLLOW);
        int found = FileCalls.openInRoot(root, path, flags, 0);
        try {
            check(found);
            if (followLast) {
                check(FileCalls.access(found, MAY_READ));
            }
            return below(FileCalls.nameOf(root), FileCalls.nameOf(found));
        } finally {
            Descriptors.close(root);
            if (found >= 0) {
                Descriptors.close(found);
            }
        }
    }

    private static void check(int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException("a watch of the app's", -result);
        }
    }

    private static PathBytes below(byte @Nullable [] root, byte @Nullable [] name)
            throws ErrnoException {
        if (root == null || name == null) {
            throw new ErrnoException("/proc", Errno.EIO);
        }
        int length = root.length;
        if (name.length == 0
                || !Arrays.equals(root, 0, length, name, 0, Math.min(length, name.length))) {
            // It has been removed meanwhile, or moved.
            throw new ErrnoException("a watch of the app's", Errno.ENOENT);
        }
        return new PathBytes(
                Arrays.copyOfRange(name, Math.min(length + 1, name.length), name.length));
    }
}
