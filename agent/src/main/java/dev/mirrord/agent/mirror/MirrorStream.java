package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.tunnel.DeafListener;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A mirrored connection's stream. The capture thread calls the methods; the rest happens on the
 * tunnel's event loop. An app that is too slow for the copy loses this connection, by a reset: the
 * target's own traffic cannot be slowed down.
 */
final class MirrorStream extends DeafListener {
    private static final int MOST_QUEUED = 4 << 20;

    private final Tunnel tunnel;
    private final Queue<ByteBuf> queue = new ArrayDeque<>();
    private final AtomicInteger queued = new AtomicInteger();
    private volatile boolean over;
    private boolean endQueued;
    private @Nullable TunnelStream stream;

    private MirrorStream(Tunnel tunnel) {
        this.tunnel = tunnel;
    }

    static MirrorStream open(Tunnel tunnel, InetSocketAddress peer, InetSocketAddress destination) {
        MirrorStream mirror = new MirrorStream(tunnel);
        ByteBuf payload = Unpooled.buffer(64);
        payload.writeByte(IncomingMode.MIRROR.code()).writeShort(destination.getPort());
        AddressCodec.write(payload, peer);
        AddressCodec.write(payload, destination);
        tunnel.eventLoop().execute(() -> mirror.begin(payload));
        return mirror;
    }

    private void begin(ByteBuf payload) {
        stream = tunnel.open(StreamKind.INCOMING_TCP, payload, this);
    }

    /** True when nothing more can be sent: the app refused, closed or was too slow. */
    boolean isOver() {
        return over;
    }

    /** Sends a copy of the bytes. */
    void data(byte[] bytes, int offset, int length) {
        if (over) {
            return;
        }
        if (queued.addAndGet(length) > MOST_QUEUED) {
            AgentLog.warn("mirrored connection dropped", "why", "the app reads too slowly");
            abort();
            return;
        }
        ByteBuf copy = Unpooled.copiedBuffer(bytes, offset, length);
        tunnel.eventLoop()
                .execute(
                        () -> {
                            queue.add(copy);
                            drain();
                        });
    }

    /** The client sends no more. */
    void end() {
        tunnel.eventLoop()
                .execute(
                        () -> {
                            endQueued = true;
                            drain();
                        });
    }

    /** The client's connection is gone, or cannot be followed any more. */
    void abort() {
        over = true;
        tunnel.eventLoop()
                .execute(
                        () -> {
                            if (stream != null) {
                                stream.reset(Errno.ECONNRESET);
                            }
                            discard();
                        });
    }

    private void drain() {
        TunnelStream to = stream;
        if (to == null || over) {
            discard();
            return;
        }
        while (!queue.isEmpty() && to.isWritable()) {
            ByteBuf data = queue.remove();
            queued.addAndGet(-data.readableBytes());
            to.write(data);
        }
        if (queue.isEmpty() && endQueued) {
            to.end();
        }
    }

    private void discard() {
        queue.forEach(ByteBuf::release);
        queue.clear();
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        drain();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        over = true;
        discard();
    }
}
