package dev.mirrord.agent.mirror;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * One direction of a TCP connection put back in order: retransmitted bytes are given on once,
 * sequence numbers wrap (RFC 9293, section 3.4). Early segments wait in a bounded buffer for what
 * is missing; when it does not come, there is a hole, and nothing after it is given on.
 */
final class TcpReassembly {
    /** Bytes that may wait for a missing segment. */
    static final int MOST_WAITING = 1 << 20;

    /** Takes bytes in order, then one of the two ends. */
    interface Sink {
        /** The array is the sink's only during the call. */
        void data(byte[] bytes, int offset, int length);

        void end();
    }

    /** Early segments by distance from the first byte of the connection. */
    private final TreeMap<Long, byte[]> waiting = new TreeMap<>();

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
     * Takes a segment.
     *
     * @return false when there is a hole that is not going to be filled
     */
    boolean segment(int sequence, byte[] packet, int offset, int length, boolean fin) {
        if (ended) {
            return true;
        }
        // The signed difference is right across the wrap as long as it is less than 2 GiB.
        long start = position + (sequence - next);
        if (fin) {
            finPosition = Math.min(finPosition, start + length);
        }
        if (start > position) {
            if (length > 0 && !keep(start, Arrays.copyOfRange(packet, offset, offset + length))) {
                return false;
            }
        } else {
            give(start, packet, offset, length);
            giveWaiting();
        }
        if (position >= finPosition) {
            ended = true;
            sink.end();
        }
        return true;
    }

    /** True while bytes wait for others that are missing. */
    boolean hasHole() {
        return !ended && (!waiting.isEmpty() || finPosition != Long.MAX_VALUE);
    }

    /** True when a reset with this sequence number is one of the connection, not a forged one. */
    boolean accepts(int sequence) {
        int distance = sequence - next;
        return distance >= 0 && distance <= MOST_WAITING;
    }

    boolean hasEnded() {
        return ended;
    }

    private void give(long start, byte[] bytes, int offset, int length) {
        long known = position - start;
        if (known < length) {
            int fresh = (int) (length - known);
            sink.data(bytes, offset + (int) known, fresh);
            position += fresh;
            next += fresh;
        }
    }

    private void giveWaiting() {
        while (!waiting.isEmpty() && waiting.firstKey() <= position) {
            Map.Entry<Long, byte[]> first = waiting.pollFirstEntry();
            waitingBytes -= first.getValue().length;
            give(first.getKey(), first.getValue(), 0, first.getValue().length);
        }
    }

    private boolean keep(long start, byte[] bytes) {
        byte[] before = waiting.get(start);
        if (before != null && before.length >= bytes.length) {
            return true;
        }
        waiting.put(start, bytes);
        waitingBytes += bytes.length - (before == null ? 0 : before.length);
        return waitingBytes <= MOST_WAITING;
    }
}
