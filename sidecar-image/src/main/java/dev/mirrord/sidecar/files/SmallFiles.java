package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.Node.Content;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Contents of small files, which can be opened again without a round trip. They are asked for
 * before they are opened: when a second file of a directory is opened soon after the first, its
 * small files are all asked for at once.
 */
final class SmallFiles {
    /** Bytes of a file that is small. */
    static final int SMALL = 64 * 1024;

    /** Files, and bytes, that are asked for at once. */
    private static final int MOST_FILES = 1024;

    private static final long MOST_BYTES = 4 << 20;

    /** Files of one request: the agent's threads share what is asked for. */
    private static final int AT_ONCE = 32;

    /** Bytes of a file whose content is kept when it has been read. */
    static final int MOST_BYTES_OF_ONE = 256 * 1024;

    /** Bytes of all contents that are kept. */
    private static final long MOST_KEPT = 12 << 20;

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
        List<PathBytes> wanted;
        Node directory;
        PathBytes path;
        synchronized (services.tree()) {
            directory = node.parent;
            if (directory == null || !isSecond(directory)) {
                return;
            }
            path = services.tree().path(directory).orElse(null);
            if (path == null) {
                return;
            }
            wanted = choose(directory, node.name);
        }
        Optional<FilesWay> way = services.agent().way();
        for (int from = 0; from < wanted.size(); from += AT_ONCE) {
            List<PathBytes> names = wanted.subList(from, Math.min(from + AT_ONCE, wanted.size()));
            Fetch fetch = new Fetch(directory, names);
            FileRequest request = new FileRequest.GetAll(path, SMALL, names);
            way.ifPresentOrElse(open -> open.ask(request, fetch), () -> fetch.failed(Errno.EIO));
        }
    }

    private static boolean isSecond(Node directory) {
        long now = System.nanoTime();
        if (directory.opens == 0 || now - directory.opensSince > SOON_NANOS) {
            directory.opens = 0;
            directory.opensSince = now;
        }
        return ++directory.opens >= 2;
    }

    /** Names of what is worth to be asked for; they are under way from now on. */
    private static List<PathBytes> choose(Node directory, PathBytes but) {
        List<PathBytes> wanted = new ArrayList<>();
        if (directory.listing == null || !directory.isListed(System.nanoTime())) {
            return wanted;
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
                    return wanted;
                }
                wanted.add(entry.name());
                directory.fetching.put(entry.name(), new ArrayList<>());
            }
        }
        return wanted;
    }

    /** Keeps what an open has brought, or what has been read. */
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

    /** Contents under way. */
    private final class Fetch implements Answer {
        private final Node directory;
        private final List<PathBytes> names;
        private final long asked = System.nanoTime();

        Fetch(Node directory, List<PathBytes> names) {
            this.directory = directory;
            this.names = names;
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            List<Runnable> waiters = new ArrayList<>();
            boolean last = !more;
            synchronized (services.tree()) {
                try {
                    while (body.isReadable()) {
                        PathBytes name = FileRequestCodec.path(body);
                        take(name, body);
                        arrived(name, waiters);
                    }
                } catch (IndexOutOfBoundsException
                        | IllegalArgumentException
                        | ArithmeticException e) {
                    last = true;
                }
            }
            waiters.forEach(Runnable::run);
            if (last) {
                failed(Errno.ENOENT);
            }
        }

        private void take(PathBytes name, ByteBuf body) {
            FileAttributes attributes = FileAttributes.read(body);
            if (body.readByte() == 1) {
                ByteBuf content = body.readSlice(Math.toIntExact(attributes.size()));
                keep(directory, name, new Content(attributes, ByteBufUtil.getBytes(content)));
            }
            Node node = directory.children.get(name);
            if (node != null && node.attributes.isSameFile(attributes)) {
                node.learn(attributes, PathBytes.ROOT, asked);
            }
        }

        /** Those that have not come do not: who waits for one asks by itself. */
        @Override
        public void failed(int errno) {
            List<Runnable> waiters = new ArrayList<>();
            synchronized (services.tree()) {
                names.forEach(name -> arrived(name, waiters));
            }
            waiters.forEach(Runnable::run);
        }

        private void arrived(PathBytes name, List<Runnable> waiters) {
            List<Runnable> waiting = directory.fetching.remove(name);
            if (waiting != null) {
                waiters.addAll(waiting);
            }
        }
    }
}
