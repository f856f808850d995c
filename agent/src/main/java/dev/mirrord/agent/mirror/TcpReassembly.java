package dev.mirrord.agent.mirror;

import java.util.Map;
import java.util.TreeMap;

/**
 * One direction of a TCP connection put back in order as the receiving kernel does it (RFC 9293,
 * section 3.10; tcp_input.c).
 *
 * <pre>
 *   given on        | waiting: ordered by start, the longest of each start
 *   ────────────────┼──────────────────────────────────────────────────────
 *                next (position)       [start, end)    [start, end)
 * </pre>
 *
 * <ul>
 *   <li>Bytes that were given on stay: a later copy of them is ignored, and so is a keep-alive's.
 *   <li>A segment at {@code next} wins over what waits.
 *   <li>Among waiting segments the one that starts earlier wins; at the same start the longer, and
 *       of equal ones the first.
 *   <li>Where the kernel may have merged waiting neighbours, which no packet shows, and copies
 *       differ, nobody can know what the target has read: the connection is broken.
 * </ul>
 *
 * Early segments wait in a bounded buffer for what is missing; when it does not come, there is a
 * hole, and nothing after it is given on.
 */
final class TcpReassembly {
    /** Memory of what may wait for a missing segment: as much as usual receive windows. */
    static final int MOST_WAITING = 6 << 20;

    /** No window is larger (RFC 7323, section 2.3). */
    private static final int LARGEST_WINDOW = 1 << 30;

    /** Takes bytes in order, then one of the two ends. */
    interface Sink {
        /** The array stays as it is for ever: it may be kept. */
        void data(byte[] bytes, int offset, int length);

        void end();
    }

    /** Early segments by distance from the first byte of the connection. */
    private final TreeMap<Long, WaitingSegment> waiting = new TreeMap<>();

    private final Sink sink;
    private int next;
    private long position;
    private long finPosition = Long.MAX_VALUE;
    private int waitingBytes;
    private boolean ended;

    /**
     * @param first sequence number of the first byte
     */
    TcpReassembly(int first, Sink sink) {
        this.next = first;
        this.sink = sink;
    }

    /**
     * Takes a segment; its array is not to be changed afterwards.
     *
     * @return false when the rest of the connection cannot be known
     */
    boolean segment(int sequence, byte[] packet, int offset, int length, boolean fin) {
        // The signed difference is right across the wrap: no segment is 2 GiB away.
        int distance = sequence - next;
        if (ended || Math.abs((long) distance) > LARGEST_WINDOW) {
            return true;
        }
        long start = position + distance;
        long end = start + length;
        if (fin && end >= position) {
            finPosition = Math.min(finPosition, end);
        }
        boolean known = true;
        if (start > position) {
            known = length == 0 || keep(new WaitingSegment(start, packet, offset, length));
        } else {
            give(start, packet, offset, length);
            giveWaiting();
        }
        if (position >= finPosition) {
            ended = true;
            waiting.clear();
            waitingBytes = 0;
            sink.end();
        }
        return known;
    }

    /** True while bytes wait for others that are missing. */
    boolean hasHole() {
        return !ended && (!waiting.isEmpty() || finPosition != Long.MAX_VALUE);
    }

    /**
     * True when a reset with this sequence number ends the connection; the kernel answers any other
     * with a challenge (RFC 5961, section 3.2, and tcp_validate_incoming).
     */
    boolean accepts(int sequence) {
        int distance = sequence - next;
        if (ended) {
            // The end has a number of its own.
            return distance == 0 || distance == 1;
        }
        return distance == 0
                || (!waiting.isEmpty()
                        && position + distance == waiting.lastEntry().getValue().end());
    }

    /** True for a sequence number that the connection has not reached yet. */
    boolean isAhead(int sequence) {
        int distance = sequence - next;
        return distance > 0 && distance <= LARGEST_WINDOW;
    }

    boolean hasEnded() {
        return ended;
    }

    /** How many bytes were given on. */
    long position() {
        return position;
    }

    /** Memory of what waits, in bytes. */
    int waitingBytes() {
        return waitingBytes;
    }

    private void give(long start, byte[] bytes, int offset, int length) {
        long known = position - start;
        // Nothing comes after the end.
        int usable = (int) Math.min(length, finPosition - start);
        if (known < usable) {
            int fresh = (int) (usable - known);
            sink.data(bytes, offset + (int) known, fresh);
            position += fresh;
            next += fresh;
        }
    }

    private void giveWaiting() {
        while (!waiting.isEmpty() && waiting.firstKey() <= position) {
            WaitingSegment first = waiting.pollFirstEntry().getValue();
            waitingBytes -= first.cost();
            give(first.start(), first.bytes(), first.offset(), first.length());
        }
    }

    private boolean keep(WaitingSegment segment) {
        if (isAmbiguous(segment)) {
            return false;
        }
        Map.Entry<Long, WaitingSegment> before = waiting.floorEntry(segment.start());
        if (before != null && before.getValue().end() >= segment.end()) {
            return true;
        }
        if (before != null && before.getValue().end() == segment.start()) {
            before.getValue().join();
            segment.join();
        }
        put(segment);
        removeCovered(segment);
        return waitingBytes <= MOST_WAITING;
    }

    /** The kernel drops what a new segment covers whole. */
    private void removeCovered(WaitingSegment segment) {
        Map.Entry<Long, WaitingSegment> after = waiting.higherEntry(segment.start());
        while (after != null && after.getValue().end() <= segment.end()) {
            waiting.remove(after.getKey());
            waitingBytes -= after.getValue().cost();
            after = waiting.higherEntry(segment.start());
        }
    }

    private void put(WaitingSegment segment) {
        WaitingSegment replaced = waiting.put(segment.start(), segment);
        waitingBytes += segment.cost() - (replaced == null ? 0 : replaced.cost());
    }

    private boolean isAmbiguous(WaitingSegment segment) {
        Map.Entry<Long, WaitingSegment> each = waiting.lowerEntry(segment.end());
        while (each != null && each.getValue().end() > segment.start()) {
            if (each.getValue().isJoined() && !each.getValue().agreesWith(segment)) {
                return true;
            }
            each = waiting.lowerEntry(each.getKey());
        }
        return false;
    }
}
