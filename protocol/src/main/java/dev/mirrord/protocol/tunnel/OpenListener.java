package dev.mirrord.protocol.tunnel;

import dev.mirrord.protocol.StreamKind;
import io.netty.buffer.ByteBuf;

/** Hears of streams that the far side opens. */
@FunctionalInterface
public interface OpenListener {
    /**
     * Decides what to do with a stream. Called on the tunnel's event loop; the answer ({@link
     * TunnelStream#accept} or {@link TunnelStream#refuse}) may come later, on that loop. Data that
     * arrives earlier is given to the returned listener.
     *
     * @param payload what follows the kind byte; released after the call
     */
    StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload);
}
