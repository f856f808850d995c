package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.AttributeChange;
import dev.mirrord.protocol.files.FileAttributes.FileTime;

/**
 * Sets attributes of one file.
 *
 * @param byPath true when {@code fd} stands for the file without having it open
 */
record Changing(int fd, boolean byPath) {
    private static final int OMIT = (1 << 30) - 2;
    private static final int NOW = (1 << 30) - 1;

    /** 0, or -errno of the first that failed. */
    int apply(AttributeChange change) {
        int result = 0;
        if (change.has(AttributeChange.UID | AttributeChange.GID)) {
            result =
                    FileCalls.owner(
                            fd,
                            change.has(AttributeChange.UID) ? change.uid() : -1,
                            change.has(AttributeChange.GID) ? change.gid() : -1);
        }
        if (result >= 0 && change.has(AttributeChange.MODE)) {
            result = FileCalls.mode(fd, change.mode() & 07777);
        }
        if (result >= 0 && change.has(AttributeChange.SIZE)) {
            result = truncate(change.size());
        }
        int times = AttributeChange.ACCESSED | AttributeChange.MODIFIED;
        int now = AttributeChange.ACCESSED_NOW | AttributeChange.MODIFIED_NOW;
        if (result >= 0 && change.has(times | now)) {
            result = FileCalls.times(fd, times(change));
        }
        return result;
    }

    private int truncate(long size) {
        if (!byPath) {
            return FileCalls.truncate(fd, size);
        }
        int writable = FileCalls.reopen(fd, OpenFlags.WRITE_ONLY | OpenFlags.NONBLOCK);
        if (writable < 0) {
            return writable;
        }
        try {
            return FileCalls.truncate(writable, size);
        } finally {
            Descriptors.close(writable);
        }
    }

    private static long[] times(AttributeChange change) {
        long[] times = new long[4];
        time(
                times,
                0,
                change.has(AttributeChange.ACCESSED),
                change.has(AttributeChange.ACCESSED_NOW),
                change.accessed());
        time(
                times,
                2,
                change.has(AttributeChange.MODIFIED),
                change.has(AttributeChange.MODIFIED_NOW),
                change.modified());
        return times;
    }

    private static void time(long[] times, int at, boolean set, boolean now, FileTime time) {
        times[at] = time.seconds();
        if (now) {
            times[at + 1] = NOW;
        } else {
            times[at + 1] = set ? time.nanos() : OMIT;
        }
    }
}
