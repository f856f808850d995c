package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The target as the agent sees it at this moment, past all that is remembered, for who looks again
 * and again; and a way to have what is remembered forgotten when it turns out to be old.
 */
public final class TargetView {
    private final Services services;

    TargetView(Services services) {
        this.services = services;
    }

    /**
     * @param source the same for answers of one connection to one agent: another agent's inodes are
     *     others
     */
    public record Found(int errno, @Nullable DirectoryEntry entry, @Nullable Object source) {}

    /**
     * @param cut there are more entries
     */
    public record Listing(
            int errno, List<DirectoryEntry> entries, boolean cut, @Nullable Object source) {}

    /** What a path stands for; its last name is not followed. Completed on an event loop. */
    public CompletableFuture<Found> lookup(PathBytes path) {
        CompletableFuture<Found> found = new CompletableFuture<>();
        Optional<FilesWay> way = services.agent().way();
        if (way.isEmpty()) {
            return CompletableFuture.completedFuture(new Found(Errno.EIO, null, null));
        }
        Object source = way.get();
        way.get()
                .ask(
                        new FileRequest.Lookup(path),
                        Parsed.of(
                                body -> {
                                    FileAttributes attributes = FileAttributes.read(body);
                                    PathBytes link = FileRequestCodec.path(body);
                                    found.complete(
                                            new Found(
                                                    0,
                                                    new DirectoryEntry(
                                                            path.name(), attributes, link),
                                                    source));
                                },
                                errno -> found.complete(new Found(errno, null, source))));
        return found;
    }

    /** All entries of a directory, if it has at most {@code most}. Completed on an event loop. */
    public CompletableFuture<Listing> list(PathBytes path, int most) {
        Optional<FilesWay> way = services.agent().way();
        if (way.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new Listing(Errno.EIO, List.of(), false, null));
        }
        Collecting answer = new Collecting(way.get());
        way.get().ask(new FileRequest.ListEntries(path, most), answer);
        return answer.whole;
    }

    private static final class Collecting implements Answer {
        private final CompletableFuture<Listing> whole = new CompletableFuture<>();
        private final List<DirectoryEntry> entries = new ArrayList<>();
        private final Object source;

        Collecting(Object source) {
            this.source = source;
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            boolean cut = body.readBoolean();
            while (body.isReadable()) {
                entries.add(DirectoryEntry.read(body));
            }
            if (!more) {
                whole.complete(new Listing(0, entries, cut, source));
            }
        }

        @Override
        public void failed(int errno) {
            whole.complete(new Listing(errno, List.of(), false, source));
        }
    }

    /**
     * Has kernel and file system forget what they remember of a directory: which files these names
     * stand for. Waits for what is under way there, so never on a thread that answers it.
     */
    public void renamed(PathBytes directory, Collection<PathBytes> names) {
        Optional<Node> known = services.tree().known(directory);
        if (known.isEmpty()) {
            return;
        }
        synchronized (services.tree()) {
            known.get().changed();
            names.forEach(known.get().contents::remove);
        }
        names.forEach(name -> services.kernel().forget(known.get().id, name));
        services.kernel().forget(known.get().id);
    }

    /** The same for attributes and contents of entries that are still the same files. */
    public void changed(PathBytes directory, Collection<PathBytes> names) {
        List<Node> nodes = new ArrayList<>();
        synchronized (services.tree()) {
            services.tree()
                    .known(directory)
                    .ifPresent(
                            parent -> {
                                for (PathBytes name : names) {
                                    Node node = parent.children.get(name);
                                    if (node != null) {
                                        OpenFiles.written(node);
                                        nodes.add(node);
                                    }
                                }
                            });
        }
        nodes.forEach(node -> services.kernel().forget(node.id));
    }

    /** Has forgotten what differs from what has been seen just now. */
    public void seen(PathBytes directory, Collection<DirectoryEntry> entries) {
        List<PathBytes> changed = new ArrayList<>();
        List<PathBytes> renamed = new ArrayList<>();
        synchronized (services.tree()) {
            Optional<Node> parent = services.tree().known(directory);
            if (parent.isEmpty()) {
                return;
            }
            for (DirectoryEntry entry : entries) {
                Node node = parent.get().children.get(entry.name());
                if (node == null || !node.attributes.isSameFile(entry.attributes())) {
                    renamed.add(entry.name());
                } else if (!node.attributes.isSameContent(entry.attributes())) {
                    changed.add(entry.name());
                }
            }
        }
        changed(directory, changed);
        renamed(directory, renamed);
    }
}
