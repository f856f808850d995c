package dev.mirrord.sidecar.files;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.PathBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file that the kernel knows by a number. Guarded by the tree's monitor. */
final class Node {
    /**
     * How long what the agent said counts, from when it was asked: a change in the target is seen
     * within a second.
     */
    static final long VALID_NANOS = 800_000_000;

    final long id;

    /** Null for the root, and for what has been removed. */
    @Nullable Node parent;

    PathBytes name;
    FileAttributes attributes;
    PathBytes link;

    /** Until when {@link #attributes} and {@link #link} count (System.nanoTime). */
    long until;

    /** References that the kernel holds. */
    long lookups;

    /** What the kernel's pages of this file were read from. */
    @Nullable FileAttributes cached;

    final Map<PathBytes, Node> children = new HashMap<>();
    final Set<OpenFile> open = new HashSet<>();

    /** Of a directory: all its entries, and until when they count. */
    @Nullable Map<PathBytes, DirectoryEntry> listing;

    long listingUntil;

    /** Uses of the last listing: one that nobody used is not worth the next. */
    int listingUses = 2;

    /** What waits for a listing that is under way; null when none is. */
    @Nullable List<Runnable> listingWaiters;

    /** Grows with each change made here: what was asked before it does not count. */
    int version;

    /** Contents of small files of this directory, and those under way. */
    final Map<PathBytes, Content> contents = new HashMap<>();

    final Map<PathBytes, List<Runnable>> fetching = new HashMap<>();

    /** Files of this directory that were opened, and since when. */
    int opens;

    long opensSince;

    Node(long id, @Nullable Node parent, PathBytes name, FileAttributes attributes) {
        this.id = id;
        this.parent = parent;
        this.name = name;
        this.attributes = attributes;
        this.link = PathBytes.ROOT;
    }

    /** The whole of a small file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(FileAttributes attributes, byte[] bytes) {}

    boolean isFresh(long now) {
        return until - now > 0;
    }

    boolean isListed(long now) {
        return listing != null && listingUntil - now > 0;
    }

    void learn(FileAttributes found, PathBytes target, long asked) {
        attributes = found;
        link = target;
        until = asked + VALID_NANOS;
    }

    /** What is known of entries no longer counts. */
    void changed() {
        version++;
        listing = null;
        until = 0;
    }

    List<Runnable> takeListingWaiters() {
        List<Runnable> all = listingWaiters == null ? List.of() : new ArrayList<>(listingWaiters);
        listingWaiters = null;
        return all;
    }
}
