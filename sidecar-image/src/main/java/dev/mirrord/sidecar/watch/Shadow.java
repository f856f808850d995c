package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.MemoryFileSystem;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.PathBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tree of empty files that stand for those of the target that are watched, in a tmpfs of our own.
 * The app's watches are on them: what is done to them here, the kernel tells the app.
 *
 * <pre>
 *   tree/srv/config/       complete: watched     stage/   where what replaces a file is made, so
 *       ..data, app.yaml                                  that the watched directory sees a rename
 * </pre>
 */
final class Shadow implements AutoCloseable {
    private static final int FILE = 0100644;
    private static final int MOST_WRITERS = 256;
    private static final int NODES = 100_000;
    private static final String OPTIONS = "mode=0700,size=16m,nr_inodes=" + (NODES + 16);
    private static final int DIRECTORY_ONLY =
            OpenFlags.PATH | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
    private static final int INODE = 32;
    private static final int DEVICE = 136;
    private static final PathBytes STAGED = PathBytes.of("file");

    private final Path mountPoint;
    private final int tree;
    private final int stage;
    private final ByteBuffer status =
            ByteBuffer.allocateDirect(FileCalls.STATX_OCTETS).order(ByteOrder.nativeOrder());
    private final Map<Long, ShadowNode> byInode = new HashMap<>();
    private final Set<ShadowNode> writing = new HashSet<>();
    private final ShadowNode root;

    /** The device number of all of it, as the kernel writes it in /proc. */
    final long device;

    Shadow(Path mountPoint) throws IOException {
        this.mountPoint = mountPoint;
        Files.createDirectories(mountPoint);
        MemoryFileSystem.mount(mountPoint, OPTIONS);
        Files.createDirectory(mountPoint.resolve("tree"));
        Files.createDirectory(mountPoint.resolve("stage"));
        tree = open(mountPoint.resolve("tree"));
        stage = open(mountPoint.resolve("stage"));
        root = new ShadowNode(inode(tree), true, null, PathBytes.ROOT);
        device = (long) status.getInt(DEVICE) << 20 | status.getInt(DEVICE + 4);
        byInode.put(root.inode, root);
    }

    private static int open(Path path) throws ErrnoException {
        return check(
                "open " + path,
                FileCalls.open(PathBytes.of(path.toString()).bytes(), DIRECTORY_ONLY));
    }

    private static int check(String what, int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(what, -result);
        }
        return result;
    }

    private long inode(int fd) throws ErrnoException {
        check("statx", FileCalls.status(fd, status.clear()));
        return status.getLong(INODE);
    }

    /** Null when there is none. */
    @Nullable ShadowNode find(PathBytes path) {
        ShadowNode at = root;
        for (PathBytes name : names(path)) {
            at = at == null ? null : at.children.get(name);
        }
        return at;
    }

    @Nullable ShadowNode find(long inode) {
        return byInode.get(inode);
    }

    boolean has(ShadowNode node) {
        return byInode.get(node.inode) == node;
    }

    boolean isFull(int more) {
        return byInode.size() + more > NODES;
    }

    int size() {
        return byInode.size() - 1;
    }

    private static List<PathBytes> names(PathBytes path) {
        List<PathBytes> names = new ArrayList<>();
        byte[] bytes = path.bytes();
        for (int from = 0; from < bytes.length; ) {
            int to = from;
            while (to < bytes.length && bytes[to] != '/') {
                to++;
            }
            names.add(new PathBytes(Arrays.copyOfRange(bytes, from, to)));
            from = to + 1;
        }
        return names;
    }

    /** The node of a path, made if it is not there, with the directories above it. */
    ShadowNode establish(PathBytes path, DirectoryEntry entry, @Nullable Object source)
            throws ErrnoException {
        ShadowNode at = root;
        List<PathBytes> names = names(path);
        for (int i = 0; i < names.size(); i++) {
            boolean directory = i < names.size() - 1 || entry.attributes().isDirectory();
            at = child(at, names.get(i), directory);
        }
        at.known = entry;
        at.source = source;
        return at;
    }

    private ShadowNode child(ShadowNode parent, PathBytes name, boolean directory)
            throws ErrnoException {
        ShadowNode child = parent.children.get(name);
        if (child != null && child.directory != directory) {
            remove(child);
            child = null;
        }
        if (child != null) {
            return child;
        }
        int at = open(parent);
        try {
            return make(at, parent, name, directory);
        } finally {
            Descriptors.close(at);
        }
    }

    /** A descriptor without access. */
    int open(ShadowNode node) throws ErrnoException {
        int flags = OpenFlags.PATH | OpenFlags.NO_FOLLOW;
        return check("open a shadow", FileCalls.openInRoot(tree, node.path().bytes(), flags, 0));
    }

    private ShadowNode make(int at, ShadowNode parent, PathBytes name, boolean directory)
            throws ErrnoException {
        check(
                "make a shadow",
                directory
                        ? FileCalls.makeDirectory(at, name.bytes(), 0755)
                        : FileCalls.makeNode(at, name.bytes(), FILE, 0));
        return attach(at, parent, name, directory);
    }

    private ShadowNode attach(int at, ShadowNode parent, PathBytes name, boolean directory)
            throws ErrnoException {
        check("statx", FileCalls.status(at, name.bytes(), status.clear()));
        ShadowNode node = new ShadowNode(status.getLong(INODE), directory, parent, name);
        parent.children.put(name, node);
        byInode.put(node.inode, node);
        return node;
    }

    /** Makes the children of a directory that nobody watches yet. */
    void list(ShadowNode directory, Collection<DirectoryEntry> entries, @Nullable Object source)
            throws ErrnoException {
        int at = open(directory);
        try {
            for (DirectoryEntry entry : entries) {
                ShadowNode child = directory.children.get(entry.name());
                if (child != null && child.directory != entry.attributes().isDirectory()) {
                    remove(child);
                    child = null;
                }
                if (child == null) {
                    child = make(at, directory, entry.name(), entry.attributes().isDirectory());
                }
                child.known = entry;
                child.source = source;
            }
            directory.listed = true;
            directory.listedBy = source;
        } finally {
            Descriptors.close(at);
        }
    }

    /** Does to the children what happened to the target's. */
    void replay(ShadowNode directory, List<Difference> differences, @Nullable Object source)
            throws ErrnoException {
        int at = open(directory);
        try {
            for (Difference each : differences) {
                replay(at, directory, each, source);
            }
        } finally {
            Descriptors.close(at);
        }
    }

    private void replay(int at, ShadowNode parent, Difference difference, @Nullable Object source)
            throws ErrnoException {
        switch (difference) {
            case Difference.Moved(PathBytes from, DirectoryEntry entry) -> {
                ShadowNode node = parent.children.get(from);
                if (node != null) {
                    move(at, node, entry.name());
                    learn(node, entry, source);
                }
            }
            case Difference.Appeared(DirectoryEntry entry) -> appear(at, parent, entry, source);
            case Difference.Replaced(DirectoryEntry entry) -> replace(at, parent, entry, source);
            case Difference.Changed(DirectoryEntry entry, boolean content, boolean attributes) -> {
                ShadowNode node = parent.children.get(entry.name());
                if (node != null) {
                    learn(node, entry, source);
                    if (content) {
                        write(node);
                    }
                    if (attributes) {
                        touch(node);
                    }
                }
            }
            case Difference.Gone(PathBytes name) -> {
                ShadowNode node = parent.children.get(name);
                if (node != null) {
                    remove(node);
                }
            }
        }
    }

    private static void learn(ShadowNode node, DirectoryEntry entry, @Nullable Object source) {
        node.known = entry;
        node.source = source;
    }

    private void move(int at, ShadowNode node, PathBytes name) throws ErrnoException {
        ShadowNode parent = node.parent;
        ShadowNode other = parent == null ? null : parent.children.get(name);
        if (other != null) {
            remove(other);
        }
        check("rename a shadow", FileCalls.rename(at, node.name.bytes(), at, name.bytes(), 0));
        if (parent != null) {
            parent.children.remove(node.name);
            parent.children.put(name, node);
        }
        node.name = name;
    }

    private void appear(int at, ShadowNode parent, DirectoryEntry entry, @Nullable Object source)
            throws ErrnoException {
        ShadowNode old = parent.children.get(entry.name());
        boolean directory = entry.attributes().isDirectory();
        if (old != null && old.directory != directory) {
            remove(old);
            old = null;
        }
        if (old != null || isFull(1)) {
            if (old != null) {
                learn(old, entry, source);
            }
            return;
        }
        ShadowNode node = make(at, parent, entry.name(), directory);
        learn(node, entry, source);
        if (entry.attributes().isFile()) {
            if (entry.attributes().size() > 0) {
                write(node);
            } else {
                openForWriting(node);
            }
        }
    }

    /** A file that another one is moved onto; anything else goes, and comes anew. */
    private void replace(int at, ShadowNode parent, DirectoryEntry entry, @Nullable Object source)
            throws ErrnoException {
        ShadowNode old = parent.children.get(entry.name());
        if (old == null || old.directory || entry.attributes().isDirectory()) {
            if (old != null) {
                remove(old);
            }
            appear(at, parent, entry, source);
            return;
        }
        settle(old);
        byte[] staged = STAGED.bytes();
        check("make a shadow", FileCalls.makeNode(stage, staged, FILE, 0));
        check("rename a shadow", FileCalls.rename(stage, staged, at, entry.name().bytes(), 0));
        forget(old);
        learn(attach(at, parent, entry.name(), false), entry, source);
    }

    /** IN_OPEN and IN_MODIFY; the writer stays until the content has been the same for a while. */
    private void write(ShadowNode node) throws ErrnoException {
        openForWriting(node);
        if (node.writer >= 0) {
            FileCalls.truncate(node.writer, 0);
        }
        if (writing.size() > MOST_WRITERS) {
            settle(node);
        }
    }

    private void openForWriting(ShadowNode node) throws ErrnoException {
        if (node.writer < 0 && !node.directory) {
            node.writer =
                    check(
                            "open a shadow",
                            FileCalls.openInRoot(
                                    tree,
                                    node.path().bytes(),
                                    OpenFlags.WRITE_ONLY | OpenFlags.NO_FOLLOW,
                                    0));
            writing.add(node);
        }
    }

    /** The files that are being written. */
    List<ShadowNode> writing() {
        return List.copyOf(writing);
    }

    /** IN_CLOSE_WRITE, if it is being written. */
    void settle(ShadowNode node) {
        if (node.writer >= 0) {
            Descriptors.close(node.writer);
            node.writer = -1;
            writing.remove(node);
        }
    }

    /** IN_ATTRIB. */
    void touch(ShadowNode node) throws ErrnoException {
        int fd = open(node);
        check("chmod a shadow", FileCalls.mode(fd, node.directory ? 0755 : FILE & 07777));
        Descriptors.close(fd);
    }

    /** Removes it and all below. */
    void remove(ShadowNode node) throws ErrnoException {
        ShadowNode parent = node.parent;
        if (parent == null) {
            return;
        }
        for (ShadowNode child : List.copyOf(node.children.values())) {
            remove(child);
        }
        settle(node);
        int at = open(parent);
        int result =
                node.directory
                        ? FileCalls.removeDirectory(at, node.name.bytes())
                        : FileCalls.unlink(at, node.name.bytes());
        Descriptors.close(at);
        parent.children.remove(node.name);
        forget(node);
        if (result != -Errno.ENOENT) {
            check("remove a shadow", result);
        }
    }

    private void forget(ShadowNode node) {
        byInode.remove(node.inode);
        node.parent = null;
    }

    /** Removes what is not watched and not on the way to what is. */
    void keepOnly(Set<Long> watched) throws ErrnoException {
        keep(root, watched);
    }

    private boolean keep(ShadowNode node, Set<Long> watched) throws ErrnoException {
        boolean itself = watched.contains(node.inode);
        boolean needed = itself;
        if (!itself) {
            node.listed = false;
        }
        for (ShadowNode child : List.copyOf(node.children.values())) {
            if (keep(child, watched)) {
                needed = true;
            } else if (!node.listed) {
                remove(child);
            }
        }
        return needed;
    }

    @Override
    public void close() {
        writing().forEach(this::settle);
        Descriptors.close(tree);
        Descriptors.close(stage);
        MemoryFileSystem.unmount(mountPoint);
    }
}
