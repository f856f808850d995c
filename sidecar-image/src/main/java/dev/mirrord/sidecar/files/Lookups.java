package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Names and attributes. With the first name of a directory the whole directory is asked for, so
 * that the names that follow need no round trip; while that is under way they wait for it.
 */
final class Lookups {

    /** Entries of a directory that are kept. */
    private static final int MOST_ENTRIES = 1024;

    private static final int MOST_RECENT = 64;
    private static final long RECENT_NANOS = 10_000_000_000L;

    private final Services services;

    /** Directories that were listed not long ago, the last one last. */
    private final SequencedSet<Node> recent = new LinkedHashSet<>();

    Lookups(Services services) {
        this.services = services;
    }

    void lookup(long unique, long directory, PathBytes name) {
        Optional<Node> parent = services.tree().find(directory);
        if (parent.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
        } else if (name.length() > 255) {
            services.kernel().error(unique, 36);
        } else if (!known(unique, parent.get(), name)) {
            ask(unique, parent.get(), name);
        }
    }

    /** Answers from the listing, or waits for one that is under way; false: neither is there. */
    private boolean known(long unique, Node parent, PathBytes name) {
        DirectoryEntry entry;
        long until;
        synchronized (services.tree()) {
            if (!parent.isListed(System.nanoTime()) || parent.listing == null) {
                if (parent.listingWaiters == null) {
                    return false;
                }
                parent.listingWaiters.add(
                        () -> {
                            if (!known(unique, parent, name)) {
                                ask(unique, parent, name);
                            }
                        });
                return true;
            }
            parent.listingUses++;
            entry = parent.listing.get(name);
            until = parent.listingUntil;
            if (entry == null) {
                gone(parent, name);
            }
        }
        tell(unique, parent, entry, until);
        return true;
    }

    private void tell(long unique, Node parent, @Nullable DirectoryEntry entry, long until) {
        long left = Math.max(0, until - System.nanoTime());
        if (entry == null) {
            services.kernel().send(unique, out -> FuseOutput.noEntry(out, left));
            return;
        }
        services.limit().check();
        Node node = services.tree().enter(parent, entry, until);
        FileAttributes now = node.attributes;
        long inode = services.tree().inode(now);
        boolean heard =
                services.kernel()
                        .send(unique, out -> FuseOutput.entry(out, node.id, now, inode, left));
        if (!heard) {
            services.tree().forget(node.id, 1);
        }
    }

    private void ask(long unique, Node parent, PathBytes name) {
        Optional<PathBytes> path = services.tree().path(parent);
        if (path.isEmpty()) {
            services.kernel().error(unique, Errno.ENOENT);
            return;
        }
        long asked = System.nanoTime();
        services.agent()
                .ask(
                        new FileRequest.Lookup(path.get().resolve(name)),
                        Parsed.of(
                                body -> found(unique, parent, name, body, asked),
                                errno -> missing(unique, parent, name, errno, asked)));
        list(parent, path.get());
    }

    private void found(long unique, Node parent, PathBytes name, ByteBuf body, long asked) {
        FileAttributes attributes = FileAttributes.read(body);
        PathBytes link = FileRequestCodec.path(body);
        tell(unique, parent, new DirectoryEntry(name, attributes, link), asked + Node.VALID_NANOS);
    }

    private void missing(long unique, Node parent, PathBytes name, int errno, long asked) {
        if (errno == Errno.ENOENT) {
            synchronized (services.tree()) {
                gone(parent, name);
            }
            tell(unique, parent, null, asked + Node.VALID_NANOS);
        } else {
            services.kernel().error(unique, errno);
        }
    }

    private void gone(Node parent, PathBytes name) {
        Node gone = parent.children.get(name);
        if (gone != null) {
            services.tree().detach(gone);
        }
    }

    /**
     * Asks for the whole directory, if the last listing was of use, and for those that were of use
     * a moment ago and have become old with it: whoever uses one of them again uses the others too.
     */
    private void list(Node directory, PathBytes path) {
        List<Listed> listings = new ArrayList<>();
        synchronized (services.tree()) {
            if (directory.listingUses < 2 || directory.listingWaiters != null) {
                directory.listingUses++;
                return;
            }
            listings.add(begin(directory, path));
            addOld(listings);
        }
        for (Listed each : listings) {
            services.agent().ask(new FileRequest.ListEntries(each.path, MOST_ENTRIES), each);
        }
    }

    private void addOld(List<Listed> listings) {
        long now = System.nanoTime();
        recent.removeIf(each -> now - each.listingUntil > RECENT_NANOS);
        for (Node each : recent) {
            if (!each.isListed(now) && each.listingUses >= 2 && each.listingWaiters == null) {
                services.tree().path(each).ifPresent(path -> listings.add(begin(each, path)));
            }
        }
    }

    private Listed begin(Node directory, PathBytes path) {
        directory.listingUses = 0;
        directory.listingWaiters = new ArrayList<>();
        return new Listed(directory, path);
    }

    /** Collects a listing. */
    private final class Listed implements Answer {
        private final Map<PathBytes, DirectoryEntry> entries = new HashMap<>();
        private final Node directory;
        private final PathBytes path;
        private final int version;
        private final long asked = System.nanoTime();

        Listed(Node directory, PathBytes path) {
            this.directory = directory;
            this.path = path;
            this.version = directory.version;
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            boolean cut = body.readBoolean();
            while (body.isReadable()) {
                DirectoryEntry entry = DirectoryEntry.read(body);
                entries.put(entry.name(), entry);
            }
            if (!more) {
                remember(directory, cut ? null : entries, version, asked);
            }
        }

        @Override
        public void failed(int errno) {
            if (errno != Errno.EIO) {
                remember(directory, null, version, asked);
                return;
            }
            // The agent is away: it will be asked again.
            end(directory, () -> directory.listingUses = 2);
        }
    }

    /**
     * @param entries null when the directory cannot be kept
     */
    void remember(
            Node directory,
            @Nullable Map<PathBytes, DirectoryEntry> entries,
            int version,
            long asked) {
        end(
                directory,
                () -> {
                    if (entries == null) {
                        // Too large, or not to be read: single names only.
                        directory.listingUses = Integer.MIN_VALUE;
                    } else if (directory.version == version) {
                        directory.listing = entries;
                        directory.listingUntil = asked + Node.VALID_NANOS;
                        recent.addLast(directory);
                        if (recent.size() > MOST_RECENT) {
                            recent.removeFirst();
                        }
                        directory.contents.keySet().retainAll(entries.keySet());
                    }
                });
    }

    /** Changes what is known of a directory; what waits for its listing goes on. */
    private void end(Node directory, Runnable change) {
        List<Runnable> waiters;
        synchronized (services.tree()) {
            change.run();
            waiters = directory.takeListingWaiters();
        }
        waiters.forEach(Runnable::run);
    }

    void attributes(long unique, long id) {
        Optional<Node> node = services.tree().find(id);
        if (node.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        if (node.get().isFresh(System.nanoTime())) {
            tell(unique, node.get());
            return;
        }
        refresh(
                node.get(),
                () -> tell(unique, node.get()),
                errno -> services.kernel().error(unique, errno));
    }

    /** Learns the attributes anew. */
    void refresh(Node node, Runnable done, IntConsumer failed) {
        long asked = System.nanoTime();
        Parsed answer =
                Parsed.of(
                        body -> {
                            FileAttributes found = FileAttributes.read(body);
                            PathBytes link = FileRequestCodec.path(body);
                            if (node.id == NodeTree.ROOT || node.attributes.isSameFile(found)) {
                                synchronized (services.tree()) {
                                    node.learn(found, link, asked);
                                }
                                done.run();
                            } else {
                                failed.accept(Errno.ESTALE);
                            }
                        },
                        failed);
        OpenFile open = openFileOf(node);
        FilesWay way = open == null ? null : open.way;
        if (open != null && way != null) {
            way.ask(new FileRequest.Attributes(open.handle), answer);
            return;
        }
        Optional<PathBytes> path = services.tree().path(node);
        if (path.isPresent()) {
            services.agent().ask(new FileRequest.Lookup(path.get()), answer);
        } else if (open != null) {
            // Removed, and all of it is here: it changes no more.
            done.run();
        } else if (node.attributes.isDirectory() || node.attributes.links() < 2) {
            synchronized (services.tree()) {
                node.learn(node.attributes.removed(), node.link, asked);
            }
            done.run();
        } else {
            failed.accept(Errno.ESTALE);
        }
    }

    /** A file that is open can be asked about even when its name is gone. */
    private @Nullable OpenFile openFileOf(Node node) {
        synchronized (services.tree()) {
            OpenFile any = null;
            for (OpenFile file : node.open) {
                any = file;
                if (file.isOpenAtAgent()) {
                    return file;
                }
            }
            return any;
        }
    }

    private void tell(long unique, Node node) {
        long left = Math.max(0, node.until - System.nanoTime());
        FileAttributes attributes = node.attributes;
        long inode = services.tree().inode(attributes);
        services.kernel()
                .send(unique, out -> FuseOutput.attributesOut(out, attributes, inode, left));
    }

    void readLink(long unique, long id) {
        Optional<Node> node = services.tree().find(id);
        if (node.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
        } else if (node.get().isFresh(System.nanoTime())) {
            tellLink(unique, node.get());
        } else {
            refresh(
                    node.get(),
                    () -> tellLink(unique, node.get()),
                    errno -> services.kernel().error(unique, errno));
        }
    }

    private void tellLink(long unique, Node node) {
        if (node.attributes.isSymbolicLink()) {
            services.kernel().send(unique, out -> out.put(node.link.bytes()));
        } else {
            services.kernel().error(unique, Errno.EINVAL);
        }
    }
}
