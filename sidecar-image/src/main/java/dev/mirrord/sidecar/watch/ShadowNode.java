package dev.mirrord.sidecar.watch;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.PathBytes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An empty file or directory that stands for one of the target's. */
final class ShadowNode {
    /** In our file system. */
    final long inode;

    final boolean directory;
    final Map<PathBytes, ShadowNode> children = new HashMap<>();

    /** Null for the root, and for what is gone. */
    @Nullable ShadowNode parent;

    PathBytes name;

    /** As it was when it was last seen; null for a directory that is only on the way to others. */
    @Nullable DirectoryEntry known;

    /** Who said that (TargetView.Found). */
    @Nullable Object source;

    /** The children are all that the target's directory has. */
    boolean listed;

    /** Who listed them. */
    @Nullable Object listedBy;

    /** A descriptor for writing while its content goes on changing, or -1. */
    int writer = -1;

    ShadowNode(long inode, boolean directory, @Nullable ShadowNode parent, PathBytes name) {
        this.inode = inode;
        this.directory = directory;
        this.parent = parent;
        this.name = name;
    }

    PathBytes path() {
        return parent == null ? PathBytes.ROOT : parent.path().resolve(name);
    }

    int depth() {
        return parent == null ? 0 : 1 + parent.depth();
    }

    /** What is known of all children, by name. */
    Map<PathBytes, DirectoryEntry> entries() {
        Map<PathBytes, DirectoryEntry> entries = new HashMap<>();
        for (ShadowNode child : children.values()) {
            if (child.known != null) {
                entries.put(child.name, child.known);
            }
        }
        return entries;
    }
}
