package dev.mirrord.sidecar.outgoing;

import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;

/** What a stream brings before the connection behind it is there. Belongs to the stream's loop. */
public final class EarlyData {
    private final Queue<ByteBuf> data = new ArrayDeque<>();
    private boolean ended;

    public void add(ByteBuf more) {
        data.add(more);
    }

    public void end() {
        ended = true;
    }

    /** Gives everything to the listener that takes over. */
    public void replay(TunnelStream stream, StreamListener next) {
        for (ByteBuf each = data.poll(); each != null; each = data.poll()) {
            next.onData(stream, each);
        }
        if (ended) {
            next.onEnd(stream);
        }
    }

    public void release() {
        for (ByteBuf each = data.poll(); each != null; each = data.poll()) {
            each.release();
        }
    }
}
