package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Reading directories: all of one is asked for when it is opened. */
final class Directories {

    /** Octets of struct fuse_dirent before the name, and of struct fuse_entry_out. */
    private static final int ENTRY = 24;

    private static final int ATTRIBUTED = 128;

    /** Entries of a directory that are kept beyond its reading. */
    private static final int MOST_KEPT = 4096;

    /** Entries of a directory that can be read: all are in memory while it is open. */
    private static final int MOST_ENTRIES = 20_000;

    private static final PathBytes DOT = PathBytes.of(".");
    private static final PathBytes DOTS = PathBytes.of("..");

    private final Services services;
    private final Lookups lookups;
    private final AtomicLong next = new AtomicLong(1);
    private final Map<Long, DirectoryHandle> open = new ConcurrentHashMap<>();

    Directories(Services services, Lookups lookups) {
        this.services = services;
        this.lookups = lookups;
    }

    void open(long unique, long id) {
        Optional<Node> node = services.tree().find(id);
        Optional<PathBytes> path = node.flatMap(services.tree()::path);
        if (node.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        if (path.isEmpty()) {
            // Removed, and so without entries.
            opened(unique, new DirectoryHandle(node.get(), List.of(), System.nanoTime()));
            return;
        }
        int version;
        synchronized (services.tree()) {
            Node directory = node.get();
            if (directory.listing != null && directory.isListed(System.nanoTime())) {
                directory.listingUses++;
                opened(
                        unique,
                        new DirectoryHandle(
                                directory,
                                List.copyOf(directory.listing.values()),
                                directory.listingUntil));
                return;
            }
            version = directory.version;
        }
        services.agent()
                .ask(
                        new FileRequest.ListEntries(path.get(), MOST_ENTRIES),
                        new Reading(unique, node.get(), version));
    }

    /** Collects all entries. */
    private final class Reading implements Answer {
        private final List<DirectoryEntry> entries = new ArrayList<>();
        private final long asked = System.nanoTime();
        private final long unique;
        private final Node node;
        private final int version;
        private boolean cut;

        Reading(long unique, Node node, int version) {
            this.unique = unique;
            this.node = node;
            this.version = version;
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            cut = body.readBoolean();
            while (body.isReadable()) {
                entries.add(DirectoryEntry.read(body));
            }
            if (more) {
                return;
            }
            if (cut) {
                failed(Errno.EOVERFLOW);
                return;
            }
            if (entries.size() <= MOST_KEPT) {
                Map<PathBytes, DirectoryEntry> byName = new HashMap<>();
                entries.forEach(entry -> byName.put(entry.name(), entry));
                lookups.remember(node, byName, version, asked);
            }
            opened(unique, new DirectoryHandle(node, entries, asked + Node.VALID_NANOS));
        }

        @Override
        public void failed(int errno) {
            services.kernel().error(unique, errno);
        }
    }

    private void opened(long unique, DirectoryHandle handle) {
        long id = next.getAndIncrement();
        open.put(id, handle);
        services.kernel().send(unique, out -> out.putLong(id).putInt(0).putInt(0));
    }

    void close(long unique, long handle) {
        open.remove(handle);
        services.kernel().done(unique);
    }

    /**
     * @param plus with what a lookup would tell
     */
    void read(long unique, long handle, long offset, int size, boolean plus) {
        DirectoryHandle directory = open.get(handle);
        if (directory == null) {
            services.kernel().error(unique, Errno.EBADF);
            return;
        }
        services.limit().check();
        List<Node> told = new ArrayList<>();
        boolean heard =
                services.kernel()
                        .send(
                                unique,
                                out -> {
                                    int most = Math.min(size, out.remaining());
                                    fill(directory, offset, out, most, plus, told);
                                });
        if (!heard) {
            told.forEach(node -> services.tree().forget(node.id, 1));
        }
    }

    private void fill(
            DirectoryHandle directory,
            long offset,
            ByteBuffer out,
            int most,
            boolean plus,
            List<Node> told) {
        int start = out.position();
        int count = directory.entries().size() + 2;
        for (int at = (int) Math.min(offset, count); at < count; at++) {
            PathBytes name =
                    switch (at) {
                        case 0 -> DOT;
                        case 1 -> DOTS;
                        default -> directory.entries().get(at - 2).name();
                    };
            int length = (plus ? ATTRIBUTED : 0) + ((ENTRY + name.length() + 7) & ~7);
            if (out.position() - start + length > most) {
                return;
            }
            FileAttributes attributes =
                    at < 2
                            ? directory.node().attributes
                            : directory.entries().get(at - 2).attributes();
            if (plus) {
                if (at < 2) {
                    FuseOutput.zero(out, ATTRIBUTED);
                } else {
                    told.add(enter(directory, directory.entries().get(at - 2), out));
                }
            }
            out.putLong(services.tree().inode(attributes)).putLong(at + 1);
            out.putInt(name.length()).putInt(attributes.type() >> 12).put(name.bytes());
            while ((out.position() - start) % 8 != 0) {
                out.put((byte) 0);
            }
        }
    }

    private Node enter(DirectoryHandle directory, DirectoryEntry entry, ByteBuffer out) {
        Node node = services.tree().enter(directory.node(), entry, directory.until());
        long left = Math.max(0, directory.until() - System.nanoTime());
        FileAttributes now = node.attributes;
        FuseOutput.entry(out, node.id, now, services.tree().inode(now), left);
        return node;
    }
}
