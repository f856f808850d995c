package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.tunnel.DeafListener;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A mirrored connection's stream. The capture thread calls the methods; the rest happens on the
 * tunnel's event loop. An app or a tunnel that is too slow for the copy loses this connection, by a
 * reset: the target's own traffic cannot be slowed down.
 */
final class MirrorStream extends DeafListener {
    /** Of headers and objects. */
    private static final int OVERHEAD = 256;

    private final @Nullable Tunnel tunnel;
    private final Losses losses;
    private final QueueRoom room;
    private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile boolean over;
    private volatile boolean endQueued;
    private @Nullable TunnelStream stream;

    private MirrorStream(@Nullable Tunnel tunnel, Losses losses, QueueRoom room) {
        this.tunnel = tunnel;
        this.losses = losses;
        this.room = room;
        this.over = tunnel == null;
    }

    /** Opens it on the least busy tunnel; without any, the connection is lost and counted. */
    static MirrorStream open(
            Tunnels tunnels,
            InetSocketAddress peer,
            InetSocketAddress destination,
            Losses losses,
            QueueRoom room) {
        Optional<Tunnel> tunnel = tunnels.leastBusy();
        MirrorStream mirror = new MirrorStream(tunnel.orElse(null), losses, room);
        if (tunnel.isEmpty()) {
            losses.add(Losses.Kind.TOO_SLOW, 1);
            return mirror;
        }
        ByteBuf payload = Unpooled.buffer(64);
        payload.writeByte(IncomingMode.MIRROR.code()).writeShort(destination.getPort());
        AddressCodec.write(payload, peer);
        AddressCodec.write(payload, destination);
        tunnel.get()
                .eventLoop()
                .execute(
                        () ->
                                mirror.stream =
                                        tunnel.get()
                                                .open(StreamKind.INCOMING_TCP, payload, mirror));
        return mirror;
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
            AgentLog.warn("mirrored connection dropped", "why", "tunnel or app are too slow");
            losses.add(Losses.Kind.TOO_SLOW, 1);
            abort();
            return;
        }
        queue.add(Unpooled.wrappedBuffer(bytes, offset, length));
        schedule();
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
        TunnelStream to = stream;
        if (to == null || over) {
            discard();
            return;
        }
        while (to.isWritable()) {
            ByteBuf data = queue.poll();
            if (data == null) {
                break;
            }
            room.giveBack(data.readableBytes() + OVERHEAD);
            to.write(data);
        }
        if (endQueued && queue.isEmpty() && !to.isClosed()) {
            to.end();
        }
        over = to.isClosed();
    }

    private void discard() {
        for (ByteBuf data = queue.poll(); data != null; data = queue.poll()) {
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
