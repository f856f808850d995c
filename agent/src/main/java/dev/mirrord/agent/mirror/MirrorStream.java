package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.http.CopiedRequests;
import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.tunnel.QueueRoom;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mirrored connection's stream. The capture thread calls the methods; the rest happens on the
 * tunnel's event loop. An app or a tunnel that is too slow for the copy loses this connection, by a
 * reset: the target's own traffic cannot be slowed down.
 *
 * <pre>
 *   capture thread --queue--&gt; [filter: requests that match] --&gt; wanted --&gt; stream, opened with the
 *                                                                          first byte that is wanted
 * </pre>
 */
final class MirrorStream extends DeafListener {
    /** Of headers and objects. */
    private static final int OVERHEAD = 256;

    private final @Nullable Tunnel tunnel;
    private final ByteBuf opening;
    private final Losses losses;
    private final QueueRoom room;
    private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile boolean over;
    private volatile boolean endQueued;

    /** What the app is to get; of the event loop. */
    private final Deque<ByteBuf> wanted = new ArrayDeque<>();

    private final @Nullable CopiedRequests requests;
    private int heldByRequests;
    private int freshBytes;
    private int freshPieces;
    private boolean allWanted;
    private @Nullable TunnelStream stream;

    private MirrorStream(
            @Nullable Tunnel tunnel, ByteBuf opening, MirroredPort port, QueueRoom room) {
        this.tunnel = tunnel;
        this.opening = opening;
        this.losses = port.losses;
        this.room = room;
        this.over = tunnel == null;
        this.requests =
                port.filter().isPresent() ? new CopiedRequests(port::filter, this::want) : null;
    }

    /** Opens it on the least busy tunnel; without any, the connection is lost and counted. */
    static MirrorStream open(
            Tunnels tunnels,
            InetSocketAddress peer,
            InetSocketAddress destination,
            MirroredPort port,
            QueueRoom room) {
        ByteBuf payload = Unpooled.buffer(64);
        payload.writeByte(IncomingMode.MIRROR.code()).writeShort(destination.getPort());
        AddressCodec.write(payload, peer);
        AddressCodec.write(payload, destination);
        Optional<Tunnel> tunnel = tunnels.leastBusy();
        MirrorStream mirror = new MirrorStream(tunnel.orElse(null), payload, port, room);
        if (tunnel.isEmpty()) {
            port.losses.add(Losses.Kind.TOO_SLOW, 1);
        } else if (mirror.requests == null) {
            tunnel.get().eventLoop().execute(() -> mirror.openOn(tunnel.get()));
        }
        return mirror;
    }

    private void openOn(Tunnel through) {
        stream = through.open(StreamKind.INCOMING_TCP, opening, this);
    }

    /** True when nothing more can be sent: the app refused, closed or was too slow. */
    boolean isOver() {
        return over;
    }

    /** Sends bytes; the array is this stream's from here on. */
    void data(byte[] bytes, int offset, int length) {
        if (over) {
            return;
        }
        if (!room.take(length + OVERHEAD)) {
            tooSlow();
            return;
        }
        queue.add(Unpooled.wrappedBuffer(bytes, offset, length));
        schedule();
    }

    private void tooSlow() {
        AgentLog.warn("mirrored connection dropped", "why", "tunnel or app are too slow");
        losses.add(Losses.Kind.TOO_SLOW, 1);
        abort();
    }

    /** The client sends no more. */
    void end() {
        endQueued = true;
        schedule();
    }

    /** The client's connection is gone, or cannot be followed any more. */
    void abort() {
        over = true;
        if (tunnel != null) {
            tunnel.eventLoop()
                    .execute(
                            () -> {
                                if (stream != null) {
                                    stream.reset(Errno.ECONNRESET);
                                }
                                discard();
                            });
        }
    }

    private void schedule() {
        if (tunnel != null && drainScheduled.compareAndSet(false, true)) {
            tunnel.eventLoop()
                    .execute(
                            () -> {
                                drainScheduled.set(false);
                                drain();
                            });
        }
    }

    private void drain() {
        // What was queued before the end is there when the end is.
        boolean ended = endQueued;
        if (!over) {
            take(ended);
        }
        TunnelStream to = stream;
        if (over || to == null) {
            if (over || requests == null) {
                discard();
            }
            return;
        }
        while (to.isWritable()) {
            ByteBuf data = wanted.poll();
            if (data == null) {
                break;
            }
            room.giveBack(data.readableBytes() + OVERHEAD);
            to.write(data);
        }
        if (allWanted && wanted.isEmpty() && !to.isClosed()) {
            to.end();
        }
        over = to.isClosed();
    }

    /** From the capture thread's queue, through the filter. */
    private void take(boolean ended) {
        CopiedRequests asked = requests;
        CopiedRequests.Course course = CopiedRequests.Course.GOING_ON;
        for (ByteBuf data = queue.poll(); data != null && !over; data = queue.poll()) {
            if (asked == null) {
                wanted.add(data);
            } else {
                ByteBuf next = data;
                course = filtered(asked, next.readableBytes(), () -> asked.data(next));
            }
        }
        if (ended && asked != null && !over && !allWanted) {
            course = filtered(asked, -OVERHEAD, asked::end);
        }
        allWanted |= ended || course == CopiedRequests.Course.DONE;
        if (course == CopiedRequests.Course.CUT) {
            AgentLog.warn(
                    "mirrored connection dropped", "why", "its requests cannot be told apart");
            losses.add(Losses.Kind.INCOMPLETE, 1);
            abort();
        } else if (asked != null && allWanted && wanted.isEmpty() && stream == null) {
            over = true;
        }
    }

    /** Keeps account of what the filter holds, and opens the stream for what it lets through. */
    private CopiedRequests.Course filtered(
            CopiedRequests asked, int bytes, Supplier<CopiedRequests.Course> step) {
        freshBytes = 0;
        freshPieces = 0;
        CopiedRequests.Course course = step.get();
        int held = asked.held();
        room.giveBack(bytes + OVERHEAD + heldByRequests - held);
        heldByRequests = held;
        if (!room.take(freshBytes)) {
            for (; freshPieces > 0; freshPieces--) {
                wanted.removeLast().release();
            }
            tooSlow();
        } else if (stream == null && freshPieces > 0 && tunnel != null) {
            openOn(tunnel);
        }
        return course;
    }

    private void want(ByteBuf data) {
        freshBytes += data.readableBytes() + OVERHEAD;
        freshPieces++;
        wanted.add(data);
    }

    private void discard() {
        discard(queue);
        discard(wanted);
        if (requests != null) {
            requests.release();
            room.giveBack(heldByRequests);
            heldByRequests = 0;
        }
    }

    private void discard(Queue<ByteBuf> pieces) {
        for (ByteBuf data = pieces.poll(); data != null; data = pieces.poll()) {
            room.giveBack(data.readableBytes() + OVERHEAD);
            data.release();
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        drain();
    }

    /** The app has said all; its answer went nowhere. The rest of the copy still goes to it. */
    @Override
    public void onEnd(TunnelStream from) {
        if (from.isClosed()) {
            over = true;
        }
    }

    @Override
    public void onRefuse(TunnelStream from, int errno, String text) {
        over = true;
        discard();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        over = true;
        discard();
    }
}
