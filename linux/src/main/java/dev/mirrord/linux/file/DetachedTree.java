package dev.mirrord.linux.file;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A copy of a mount that is attached nowhere, open_tree(2): {@code ..} of its root is its root, so
 * who has the descriptor reaches nothing else of this container. Needs SYS_ADMIN.
 */
public final class DetachedTree {
    private static final long AT_FDCWD = -100;
    private static final long CLONE = 1;
    private static final long CLOSE_ON_EXEC = 0x80000;
    private static final long EMPTY_PATH = 0x1000;
    private static final long READ_ONLY = 1;
    private static final long ATTRIBUTES_SIZE = 32;

    private DetachedTree() {}

    /** A descriptor as of O_PATH, below which nothing can be changed. */
    public static int openReadOnly(Path path) throws ErrnoException {
        int tree = open(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, Long.BYTES);
            attributes.set(ValueLayout.JAVA_LONG, 0, READ_ONLY);
            long result =
                    SystemCall.MOUNT_SETATTR.invoke(
                            tree,
                            arena.allocateFrom("").address(),
                            EMPTY_PATH,
                            attributes.address(),
                            ATTRIBUTES_SIZE);
            if (result < 0) {
                Descriptors.close(tree);
                throw new ErrnoException("mount_setattr " + path, (int) -result);
            }
            return tree;
        }
    }

    /** A descriptor as of O_PATH. */
    public static int open(Path path) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path.toString()).address();
            return (int)
                    ErrnoException.check(
                            "open_tree " + path,
                            SystemCall.OPEN_TREE.invoke(AT_FDCWD, name, CLONE | CLOSE_ON_EXEC));
        }
    }
}
