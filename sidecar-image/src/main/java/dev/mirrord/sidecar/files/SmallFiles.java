package dev.mirrord.sidecar.files;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.Node.Content;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Contents of small files that are asked for before they are opened: when a second file of a
 * directory is opened soon after the first, its small files are all asked for at once.
 */
final class SmallFiles {
    /** Bytes of a file that is small. */
    static final int SMALL = 64 * 1024;

    /** Files, and bytes, that are asked for at once. */
    private static final int MOST_FILES = 1024;

    private static final long MOST_BYTES = 4 << 20;

    /** Bytes of all contents that are kept. */
    private static final long MOST_KEPT = 8 << 20;

    private static final long SOON_NANOS = 1_000_000_000;

    private final Services services;

    /** Directories, the last filled last. */
    private final SequencedSet<Node> holders = new LinkedHashSet<>();

    private long kept;

    SmallFiles(Services services) {
        this.services = services;
    }

    /** The content, if it is here and the file has not changed since; holds the tree's monitor. */
    @Nullable Content fresh(Node node, long now) {
        Node parent = node.parent;
        if (parent == null || !node.isFresh(now)) {
            return null;
        }
        Content content = parent.contents.get(node.name);
        return content != null && content.attributes().isSameContent(node.attributes)
                ? content
                : null;
    }

    /** Runs {@code then} when the content that is under way is here; false: none is. */
    boolean await(Node node, Runnable then) {
        Node parent = node.parent;
        List<Runnable> waiters = parent == null ? null : parent.fetching.get(node.name);
        return waiters != null && waiters.add(then);
    }

    /** A file was opened that was not here: asks for its neighbours, if it was not the first. */
    void opened(Node node) {
        List<FileRequest.Get> wanted = new ArrayList<>();
        Node directory;
        synchronized (services.tree()) {
            directory = node.parent;
            if (directory == null || !isSecond(directory)) {
                return;
            }
            choose(directory, node.name, wanted);
        }
        Optional<FilesWay> way = services.agent().way();
        way.ifPresentOrElse(
                open ->
                        open.execute(
                                () ->
                                        wanted.forEach(
                                                each -> open.ask(each, fetch(directory, each)))),
                () -> wanted.forEach(each -> fetch(directory, each).failed(0)));
    }

    private Fetch fetch(Node directory, FileRequest.Get wanted) {
        return new Fetch(directory, wanted.path().name(), System.nanoTime());
    }

    private static boolean isSecond(Node directory) {
        long now = System.nanoTime();
        if (directory.opens == 0 || now - directory.opensSince > SOON_NANOS) {
            directory.opens = 0;
            directory.opensSince = now;
        }
        return ++directory.opens >= 2;
    }

    private void choose(Node directory, PathBytes but, List<FileRequest.Get> wanted) {
        Optional<PathBytes> path = services.tree().path(directory);
        if (directory.listing == null || !directory.isListed(System.nanoTime()) || path.isEmpty()) {
            return;
        }
        long bytes = 0;
        for (DirectoryEntry entry : directory.listing.values()) {
            FileAttributes attributes = entry.attributes();
            Content known = directory.contents.get(entry.name());
            if (attributes.isFile()
                    && attributes.size() <= SMALL
                    && !entry.name().equals(but)
                    && !directory.fetching.containsKey(entry.name())
                    && (known == null || !known.attributes().isSameContent(attributes))) {
                bytes += attributes.size();
                if (bytes > MOST_BYTES || wanted.size() == MOST_FILES) {
                    return;
                }
                wanted.add(new FileRequest.Get(path.get().resolve(entry.name()), SMALL));
                directory.fetching.put(entry.name(), new ArrayList<>());
            }
        }
    }

    /** Keeps what an open has brought. */
    void keep(Node node, Content content) {
        synchronized (services.tree()) {
            Node parent = node.parent;
            if (parent != null) {
                keep(parent, node.name, content);
            }
        }
    }

    private void keep(Node directory, PathBytes name, Content content) {
        Content before = directory.contents.put(name, content);
        holders.addLast(directory);
        kept += content.bytes().length - (before == null ? 0 : before.bytes().length);
        while (kept > MOST_KEPT) {
            Node eldest = holders.removeFirst();
            // What was changed here has gone uncounted: then all is let go sooner or later.
            kept = holders.isEmpty() ? 0 : kept - bytesOf(eldest);
            eldest.contents.clear();
        }
    }

    private static long bytesOf(Node directory) {
        return directory.contents.values().stream().mapToLong(each -> each.bytes().length).sum();
    }

    /** One content under way. */
    private final class Fetch implements Parsed {
        private final Node directory;
        private final PathBytes name;
        private final long asked;

        Fetch(Node directory, PathBytes name, long asked) {
            this.directory = directory;
            this.name = name;
            this.asked = asked;
        }

        @Override
        public void read(ByteBuf body) {
            FileAttributes attributes = FileAttributes.read(body);
            List<Runnable> waiters;
            synchronized (services.tree()) {
                if (body.readByte() == 1) {
                    byte[] bytes = new byte[body.readableBytes()];
                    body.readBytes(bytes);
                    keep(directory, name, new Content(attributes, bytes));
                }
                Node node = directory.children.get(name);
                if (node != null && node.attributes.isSameFile(attributes)) {
                    node.learn(attributes, PathBytes.ROOT, asked);
                }
                waiters = directory.fetching.remove(name);
            }
            run(waiters);
        }

        @Override
        public void failed(int errno) {
            List<Runnable> waiters;
            synchronized (services.tree()) {
                waiters = directory.fetching.remove(name);
            }
            run(waiters);
        }

        private static void run(@Nullable List<Runnable> waiters) {
            if (waiters != null) {
                waiters.forEach(Runnable::run);
            }
        }
    }
}
