package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.incoming.Losses;

/** One mirrored connection. Belongs to the capture thread. */
final class Flow implements TcpReassembly.Sink {
    private static final long MOST_HOLE_NANOS = 5_000_000_000L;
    private static final long NEVER = -1;

    final int initial;
    final TcpReassembly reassembly;
    private final Losses losses;
    private final MirrorStream stream;

    /** Since when something is missing. */
    private long holeSince = NEVER;

    /** Since when a reset waits that is ahead of what was seen: bytes may be lost here. */
    private long doubtSince = NEVER;

    /**
     * @param initial sequence number of the SYN
     */
    Flow(int initial, Losses losses, MirrorStream stream) {
        this.initial = initial;
        this.losses = losses;
        this.stream = stream;
        this.reassembly = new TcpReassembly(initial + 1, this);
    }

    /** The sequence number that is expected. */
    int next() {
        return initial + 1 + (int) reassembly.position();
    }

    /** Returns false when the connection is over. */
    boolean segment(TcpSegment segment, long nanos) {
        if (segment.rst()) {
            return !reset(segment, nanos);
        }
        if (!segment.ack()) {
            // The kernel discards it.
            return true;
        }
        long before = reassembly.position();
        boolean known = take(segment, segment.sequence(), segment.fin());
        if (reassembly.position() != before) {
            doubtSince = NEVER;
        }
        if (!reassembly.hasHole()) {
            holeSince = NEVER;
        } else if (holeSince == NEVER) {
            holeSince = nanos;
        }
        if (!known) {
            incomplete();
        }
        return known && isAlive(nanos);
    }

    boolean take(TcpSegment segment, int sequence, boolean fin) {
        return reassembly.segment(
                sequence, segment.packet(), segment.offset(), segment.length(), fin);
    }

    private boolean reset(TcpSegment segment, long nanos) {
        boolean real = reassembly.accepts(segment.sequence());
        if (real) {
            abort();
        } else if (doubtSince == NEVER && reassembly.isAhead(segment.sequence())) {
            doubtSince = nanos;
        }
        return real;
    }

    /** False when the stream is over, or what is missing does not come any more. */
    boolean isAlive(long nanos) {
        if (isOld(holeSince, nanos) || (isOld(doubtSince, nanos) && !reassembly.hasEnded())) {
            incomplete();
            return false;
        }
        return !stream.isOver();
    }

    private static boolean isOld(long since, long nanos) {
        return since != NEVER && nanos - since > MOST_HOLE_NANOS;
    }

    /** Closes the copy by a reset: some of it is missing, or nobody knows what. */
    void incomplete() {
        if (!stream.isOver()) {
            AgentLog.warn("mirrored connection dropped", "why", "packets are missing");
            losses.add(Losses.Kind.INCOMPLETE, 1);
            stream.abort();
        }
    }

    /** The client's connection is gone. */
    void abort() {
        stream.abort();
    }

    @Override
    public void data(byte[] bytes, int offset, int length) {
        stream.data(bytes, offset, length);
    }

    @Override
    public void end() {
        stream.end();
    }
}
