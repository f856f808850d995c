package dev.mirrord.sidecar.files;

import dev.mirrord.linux.file.OpenFlags;
import org.jspecify.annotations.Nullable;

/**
 * A file that the kernel has open. Either the agent has it open too, on {@link #way}, or all of it
 * is here already. Guarded by its monitor, but {@link #node}.
 */
final class OpenFile {
    final long id;
    final Node node;
    final int flags;

    /** Null: the agent does not have it open. */
    @Nullable FilesWay way;

    int handle;

    /** All of it, as it was when it was opened. */
    Node.@Nullable Content content;

    /** Made when read: nothing of it is kept. */
    boolean direct;

    @Nullable ReadAhead ahead;

    OpenFile(long id, Node node, int flags) {
        this.id = id;
        this.node = node;
        this.flags = flags;
    }

    boolean isReadOnly() {
        return (flags & OpenFlags.ACCESS_MODE) == OpenFlags.READ_ONLY;
    }

    synchronized boolean isOpenAtAgent() {
        return way != null && way.isUsable();
    }
}
