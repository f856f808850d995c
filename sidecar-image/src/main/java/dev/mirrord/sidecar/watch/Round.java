package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.TargetView;
import dev.mirrord.sidecar.files.TargetView.Found;
import dev.mirrord.sidecar.files.TargetView.Listing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One look at all that is watched: directories are listed, and what is in no directory that is
 * listed is looked up by itself. All questions go out at once.
 */
final class Round {
    static final long PAUSE_MILLIS = 500;

    /** The agent shall have better things to do: of a long round four times as long. */
    private static final long BUSY = 4;

    private static final long ENTRIES_A_MILLI = 4;
    private static final long MOST_PAUSE_MILLIS = 30_000;

    private final TargetView target;
    private final Shadow shadow;
    private final List<ShadowNode> watched = new ArrayList<>();
    private final Map<ShadowNode, CompletableFuture<Listing>> listings = new HashMap<>();
    private final Map<ShadowNode, CompletableFuture<Found>> lookups = new HashMap<>();
    private final Set<ShadowNode> written = new HashSet<>();
    private final long began = System.nanoTime();
    private long entries;

    Round(TargetView target, Shadow shadow, Set<Long> inodes) {
        this.target = target;
        this.shadow = shadow;
        for (long inode : inodes) {
            ShadowNode node = shadow.find(inode);
            if (node != null) {
                watched.add(node);
            }
        }
        watched.sort(Comparator.comparingInt(ShadowNode::depth));
    }

    boolean isEmpty() {
        return watched.isEmpty();
    }

    /** Completes on an event loop, when all is known that can be. */
    CompletableFuture<Void> ask() {
        for (ShadowNode node : watched) {
            PathBytes path = node.path();
            if (node.listed) {
                listings.put(node, target.list(path, Watches.MOST_ENTRIES));
            }
            ShadowNode parent = node.parent;
            if (parent != null && !parent.listed) {
                lookups.put(node, target.lookup(path));
            }
        }
        List<CompletableFuture<?>> all = new ArrayList<>(listings.values());
        all.addAll(lookups.values());
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    /** Tells the app what has changed. */
    void finish() throws IOException {
        List<ShadowNode> writing = shadow.writing();
        for (ShadowNode node : watched) {
            CompletableFuture<Found> lookup = lookups.get(node);
            if (lookup != null && shadow.has(node)) {
                looked(node, lookup.join());
            }
            CompletableFuture<Listing> listing = listings.get(node);
            if (listing != null && shadow.has(node)) {
                listed(node, listing.join());
            }
        }
        for (ShadowNode node : writing) {
            if (!written.contains(node)) {
                shadow.settle(node);
            }
        }
    }

    private void looked(ShadowNode node, Found found) throws IOException {
        ShadowNode parent = node.parent;
        DirectoryEntry known = node.known;
        DirectoryEntry entry = found.entry();
        boolean gone = found.errno() == Errno.ENOENT || found.errno() == Errno.ENOTDIR;
        if (parent == null || known == null || (entry == null && !gone)) {
            return;
        }
        Map<PathBytes, DirectoryEntry> before = Map.of(node.name, known);
        Map<PathBytes, DirectoryEntry> now = entry == null ? Map.of() : Map.of(node.name, entry);
        replay(parent, before, now, node.source, found.source());
    }

    private void listed(ShadowNode node, Listing listing) throws IOException {
        if (listing.errno() != 0 || listing.cut() || !node.listed) {
            return;
        }
        entries += listing.entries().size();
        Map<PathBytes, DirectoryEntry> now = HashMap.newHashMap(listing.entries().size());
        listing.entries().forEach(entry -> now.put(entry.name(), entry));
        replay(node, node.entries(), now, node.listedBy, listing.source());
        node.listedBy = listing.source();
    }

    @SuppressWarnings("ReferenceEquality") // one source is one object
    private void replay(
            ShadowNode directory,
            Map<PathBytes, DirectoryEntry> before,
            Map<PathBytes, DirectoryEntry> now,
            @Nullable Object oldSource,
            @Nullable Object source)
            throws IOException {
        List<Difference> differences = Difference.between(before, now, oldSource == source);
        if (!differences.isEmpty()) {
            forget(directory.path(), differences);
            shadow.replay(directory, differences, source);
        }
        for (DirectoryEntry entry : now.values()) {
            ShadowNode child = directory.children.get(entry.name());
            if (child != null) {
                child.known = entry;
                child.source = source;
            }
        }
        for (Difference each : differences) {
            if (each instanceof Difference.Changed(DirectoryEntry entry, boolean content, boolean _)
                    && content) {
                ShadowNode child = directory.children.get(entry.name());
                if (child != null) {
                    written.add(child);
                }
            }
        }
    }

    /** Who hears of a change and looks shall not find what was before. */
    private void forget(PathBytes directory, List<Difference> differences) {
        List<PathBytes> renamed = new ArrayList<>();
        List<PathBytes> changed = new ArrayList<>();
        for (Difference each : differences) {
            switch (each) {
                case Difference.Moved(PathBytes from, DirectoryEntry entry) -> {
                    renamed.add(from);
                    renamed.add(entry.name());
                }
                case Difference.Appeared(DirectoryEntry entry) -> renamed.add(entry.name());
                case Difference.Replaced(DirectoryEntry entry) -> renamed.add(entry.name());
                case Difference.Gone(PathBytes name) -> renamed.add(name);
                case Difference.Changed(DirectoryEntry entry, boolean _, boolean _) ->
                        changed.add(entry.name());
            }
        }
        target.changed(directory, changed);
        if (!renamed.isEmpty()) {
            target.renamed(directory, renamed);
        }
    }

    /** Until the next one. */
    long pauseMillis() {
        long took = (System.nanoTime() - began) / 1_000_000;
        long pause = Math.max(PAUSE_MILLIS, Math.max(BUSY * took, entries / ENTRIES_A_MILLI));
        return Math.min(pause, MOST_PAUSE_MILLIS);
    }
}
