package dev.mirrord.sidecar.files;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileAttributes.FileTime;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that the kernel knows, by number and by path. A name that comes to stand for another
 * file gets another number: files that are open keep theirs. All methods hold the monitor; callers
 * that touch a {@link Node} hold it too.
 */
final class NodeTree {
    static final long ROOT = 1;
    private static final FileTime LONG_AGO = new FileTime(0, 0);

    private final LongObjectMap<Node> nodes = new LongObjectHashMap<>();
    private final Map<Long, Long> devices = new HashMap<>();
    private final Node root;
    private long next = ROOT + 1;

    NodeTree() {
        FileAttributes unknown =
                new FileAttributes(
                        0, 1, 0040755, 2, 0, 0, 0, 4096, 0, 0, LONG_AGO, LONG_AGO, LONG_AGO,
                        LONG_AGO);
        root = new Node(ROOT, null, PathBytes.ROOT, unknown);
        root.lookups = 1;
        nodes.put(ROOT, root);
    }

    synchronized Optional<Node> find(long id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** A node and where it is. */
    record Place(Node node, PathBytes path) {}

    /** Empty when the kernel's number, or the name of what it stands for, has gone. */
    synchronized Optional<Place> place(long id) {
        return find(id).flatMap(node -> path(node).map(path -> new Place(node, path)));
    }

    /** Empty when it has been removed. */
    synchronized Optional<PathBytes> path(Node node) {
        Deque<PathBytes> names = new ArrayDeque<>();
        @Nullable Node at = node;
        for (; at != null && at != root; at = at.parent) {
            names.push(at.name);
        }
        if (at == null) {
            return Optional.empty();
        }
        PathBytes path = PathBytes.ROOT;
        for (PathBytes name : names) {
            path = path.resolve(name);
        }
        return Optional.of(path);
    }

    /** The node at a path, if the kernel knows one there. */
    synchronized Optional<Node> known(PathBytes path) {
        @Nullable Node at = root;
        byte[] bytes = path.bytes();
        for (int from = 0; from < bytes.length; ) {
            int to = from;
            while (to < bytes.length && bytes[to] != '/') {
                to++;
            }
            at = at.children.get(new PathBytes(Arrays.copyOfRange(bytes, from, to)));
            if (at == null) {
                return Optional.empty();
            }
            from = to + 1;
        }
        return Optional.of(at);
    }

    /**
     * The node of an entry that the kernel is about to be told of; counts the reference.
     *
     * @param until when what is told stops to count
     */
    synchronized Node enter(Node parent, DirectoryEntry entry, long until) {
        Node node = parent.children.get(entry.name());
        if (node == null || !node.attributes.isSameFile(entry.attributes())) {
            if (node != null) {
                detach(node);
            }
            node = new Node(next++, parent, entry.name(), entry.attributes());
            nodes.put(node.id, node);
            parent.children.put(entry.name(), node);
        }
        if (until - node.until > 0 || node.until == 0) {
            node.attributes = entry.attributes();
            node.link = entry.link();
            node.until = until;
        }
        node.lookups++;
        return node;
    }

    /** The same for one that was made just now, by a request of {@code asked}. */
    synchronized Node made(Node parent, DirectoryEntry entry, long asked) {
        parent.changed();
        return enter(parent, entry, asked + Node.VALID_NANOS);
    }

    synchronized void forget(long id, long count) {
        Node node = nodes.get(id);
        if (node != null && node != root) {
            node.lookups -= count;
            drop(node);
        }
    }

    /** Removes a node that nobody needs any more. */
    synchronized void drop(Node node) {
        if (node.lookups <= 0 && node.open.isEmpty() && node.children.isEmpty() && node != root) {
            nodes.remove(node.id);
            Node parent = node.parent;
            if (parent != null) {
                parent.children.remove(node.name, node);
                node.parent = null;
                drop(parent);
            }
        }
    }

    /** The name of {@code node} does not stand for it any more. */
    synchronized void detach(Node node) {
        Node parent = node.parent;
        if (parent != null) {
            parent.children.remove(node.name, node);
            parent.contents.remove(node.name);
            node.parent = null;
        }
    }

    synchronized void move(Node from, PathBytes name, Node to, PathBytes newName, boolean swap) {
        Node moved = from.children.remove(name);
        Node other = to.children.remove(newName);
        from.contents.remove(name);
        to.contents.remove(newName);
        if (moved != null) {
            attach(moved, to, newName);
        }
        if (other != null) {
            if (swap) {
                attach(other, from, name);
            } else {
                other.parent = null;
            }
        }
    }

    private static void attach(Node node, Node parent, PathBytes name) {
        node.parent = parent;
        node.name = name;
        node.until = 0;
        parent.children.put(name, node);
    }

    synchronized int size() {
        return nodes.size();
    }

    /** Names that nobody uses at the moment, the longest known first; old listings go as well. */
    synchronized List<Name> unused(int most) {
        long now = System.nanoTime();
        List<Node> found = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.isListed(now)) {
                node.listing = null;
            }
            if (node.parent != null && node.open.isEmpty() && node.children.isEmpty()) {
                found.add(node);
            }
        }
        found.sort(Comparator.comparingLong(node -> node.id));
        List<Name> names = new ArrayList<>();
        for (Node node : found.subList(0, Math.min(most, found.size()))) {
            Node parent = node.parent;
            if (parent != null) {
                names.add(new Name(parent.id, node.name));
            }
        }
        return names;
    }

    /** A name in a directory. */
    record Name(long directory, PathBytes name) {}

    /** Other names of the same file, which the kernel knows as other files. */
    synchronized List<Node> others(Node node) {
        List<Node> others = new ArrayList<>();
        for (Node each : nodes.values()) {
            if (each != node
                    && each.attributes.inode() == node.attributes.inode()
                    && each.attributes.isSameFile(node.attributes)) {
                others.add(each);
            }
        }
        return others;
    }

    /** File systems of the target share one here, so inode numbers must not meet. */
    synchronized long inode(FileAttributes attributes) {
        long place = devices.computeIfAbsent(attributes.device(), _ -> (long) devices.size());
        return attributes.inode() + (place << 48);
    }
}
