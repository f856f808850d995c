package dev.mirrord.agent.files;

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
    private static final int ROOM = 256;

    /** proc, sysfs, cgroup, cgroup2, debugfs, tracefs: sizes are not told (statfs(2)). */
    private static final Set<Long> MADE_WHEN_READ =
            Set.of(0x9fa0L, 0x62656572L, 0x27e0ebL, 0x63677270L, 0x64626720L, 0x74726163L);

    private final int root;
    private final OpenFiles open;
    private final Answers answers;
    private final Scratch scratch;
    private final int id;

    Opening(int root, OpenFiles open, Answers answers, Scratch scratch, int id) {
        this.root = root;
        this.open = open;
        this.answers = answers;
        this.scratch = scratch;
        this.id = id;
    }

    void get(PathBytes path, int most) {
        int fd = existing(path, OpenFlags.READ_ONLY);
        if (fd < 0) {
            answers.fail(id, -fd);
            return;
        }
        try {
            FileAttributes attributes = scratch.attributes();
            ByteBuf answer = Answers.message(id, false, 0, ROOM + most(most));
            attributes.write(answer);
            content(fd, attributes, most, answer);
        } finally {
            FileCalls.close(fd);
        }
    }

    void open(PathBytes path, int flags, int mode, int most) {
        int wanted = flags & KNOWN;
        int fd =
                (wanted & OpenFlags.CREATE) == 0
                        ? existing(path, wanted)
                        : created(path, wanted, mode);
        if (fd < 0) {
            answers.fail(id, -fd);
            return;
        }
        FileAttributes attributes = scratch.attributes();
        boolean readable = (wanted & OpenFlags.ACCESS_MODE) == OpenFlags.READ_ONLY;
        ByteBuf answer = Answers.message(id, false, 0, ROOM + most(most)).writeInt(open.add(fd));
        attributes.write(answer);
        content(fd, attributes, readable ? most : 0, answer);
    }

    private static int most(int most) {
        return Math.clamp(most, 0, FileAnswer.MOST_BYTES);
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
            FileCalls.close(fd);
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
        FileCalls.close(fd);
        return result < 0 ? result : -Errno.EACCES;
    }

    /** {@code u8}: 0 no content, 1 all of it follows, 2 made when read, not to be kept. */
    private void content(int fd, FileAttributes attributes, int most, ByteBuf answer) {
        int at = answer.writerIndex();
        answer.writeByte(0);
        ByteBuffer found = scratch.large().limit(FileCalls.STATFS_OCTETS);
        if (FileCalls.fileSystem(fd, found) >= 0 && MADE_WHEN_READ.contains(found.getLong(0))) {
            answer.setByte(at, 2);
        } else if (most > 0 && attributes.size() <= most(most)) {
            int size = (int) attributes.size();
            int got = FileCalls.read(fd, answer.nioBuffer(at + 1, size), 0);
            if (got == size) {
                answer.setByte(at, 1).writerIndex(at + 1 + size);
            }
        }
        answers.send(answer);
    }
}
