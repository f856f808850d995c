package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Set;

/** Opens regular files; anything else would be a device or a pipe of the node, opened by us. */
final class Opening {
    private static final int KNOWN =
            OpenFlags.ACCESS_MODE
                    | OpenFlags.EXCLUSIVE
                    | OpenFlags.CREATE
                    | OpenFlags.TRUNCATE
                    | OpenFlags.APPEND
                    | OpenFlags.SYNC;
    private static final int ALWAYS = OpenFlags.NONBLOCK | OpenFlags.NO_TTY;

    /** proc, sysfs, cgroup, cgroup2, debugfs, tracefs: sizes are not told (statfs(2)). */
    private static final Set<Long> MADE_WHEN_READ =
            Set.of(0x9fa0L, 0x62656572L, 0x27e0ebL, 0x63677270L, 0x64626720L, 0x74726163L);

    private final int root;
    private final Scratch scratch;

    /** The file system of the last file whose content was asked for. */
    private long device = -1;

    private boolean madeWhenRead;

    Opening(int root, Scratch scratch) {
        this.root = root;
        this.scratch = scratch;
    }

    /** A descriptor whose status {@link Scratch#attributes} tells then, or {@code -errno}. */
    int open(PathBytes path, int flags, int mode) {
        int wanted = flags & KNOWN;
        return (wanted & OpenFlags.CREATE) == 0
                ? existing(path, wanted)
                : created(path, wanted, mode);
    }

    /** Looks first and opens then: to open a device can do something. Leaves its status behind. */
    private int existing(PathBytes path, int flags) {
        int fd = FileCalls.openInRoot(root, path.bytes(), OpenFlags.PATH | OpenFlags.NO_FOLLOW, 0);
        if (fd < 0) {
            return fd;
        }
        try {
            int result = scratch.status(fd);
            if (result < 0) {
                return result;
            }
            if (!scratch.attributes().isFile()) {
                return -Errno.EACCES;
            }
            int opened = FileCalls.reopen(fd, flags | ALWAYS);
            return (flags & OpenFlags.TRUNCATE) == 0 ? opened : checked(opened);
        } finally {
            Descriptors.close(fd);
        }
    }

    private int created(PathBytes path, int flags, int mode) {
        return checked(
                FileCalls.openInRoot(
                        root, path.bytes(), flags | ALWAYS | OpenFlags.NO_FOLLOW, mode & 07777));
    }

    private int checked(int fd) {
        if (fd < 0) {
            return fd;
        }
        int result = scratch.status(fd);
        if (result >= 0 && scratch.attributes().isFile()) {
            return fd;
        }
        Descriptors.close(fd);
        return result < 0 ? result : -Errno.EACCES;
    }

    /**
     * Appends {@code u8}: 0 no content, 1 all of it follows, 2 made when read, not to be kept.
     *
     * @param most bytes of a content that is of use, {@link FileAnswer#MOST_BYTES} at most
     */
    void content(int fd, FileAttributes attributes, int most, ByteBuf answer) {
        int at = answer.writerIndex();
        answer.writeByte(0);
        if (isMadeWhenRead(fd, attributes.device())) {
            answer.setByte(at, 2);
        } else if (most > 0 && attributes.size() <= most) {
            int size = (int) attributes.size();
            answer.ensureWritable(size);
            int got = FileCalls.read(fd, answer.nioBuffer(at + 1, size), 0);
            if (got == size) {
                answer.setByte(at, 1).writerIndex(at + 1 + size);
            }
        }
    }

    private boolean isMadeWhenRead(int fd, long of) {
        if (of != device) {
            ByteBuffer found = scratch.large().limit(FileCalls.STATFS_OCTETS);
            madeWhenRead =
                    FileCalls.fileSystem(fd, found) >= 0
                            && MADE_WHEN_READ.contains(found.getLong(0));
            device = of;
        }
        return madeWhenRead;
    }
}
