package dev.mirrord.agent.mirror;

import java.util.Arrays;

/** A segment that came before its turn; where it lies in the connection's bytes. */
final class WaitingSegment {
    /** Of headers and objects. */
    private static final int OVERHEAD = 256;

    private final long start;
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private boolean joined;

    WaitingSegment(long start, byte[] bytes, int offset, int length) {
        this.start = start;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    long start() {
        return start;
    }

    long end() {
        return start + length;
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Memory, in bytes. */
    int cost() {
        return length + OVERHEAD;
    }

    /** It has a neighbour without a gap: the kernel may have made the two one. */
    void join() {
        joined = true;
    }

    boolean isJoined() {
        return joined;
    }

    /** True when both say the same where they overlap. */
    boolean agreesWith(WaitingSegment other) {
        long from = Math.max(start, other.start);
        long to = Math.min(end(), other.end());
        return from >= to
                || Arrays.equals(
                        bytes,
                        offset + (int) (from - start),
                        offset + (int) (to - start),
                        other.bytes,
                        other.offset + (int) (from - other.start),
                        other.offset + (int) (to - other.start));
    }
}
