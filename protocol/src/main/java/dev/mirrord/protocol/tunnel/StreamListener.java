package dev.mirrord.protocol.tunnel;

import io.netty.buffer.ByteBuf;

/** Hears what the far side says on one stream. All calls come on the tunnel's event loop. */
public interface StreamListener {
    /** The far side accepted an OPEN of ours. {@code payload} is released after the call. */
    default void onAccept(TunnelStream stream, ByteBuf payload) {}

    /** The far side refused an OPEN of ours; the stream is over. */
    default void onRefuse(TunnelStream stream, int errno, String text) {
        onReset(stream, errno);
    }

    /**
     * Bytes (or one message) arrived. The listener owns {@code data}, releases it, and calls {@link
     * TunnelStream#consumed} with its length when it is done with it.
     */
    void onData(TunnelStream stream, ByteBuf data);

    /** The far side sends no more data; ours may go on. */
    void onEnd(TunnelStream stream);

    /** The stream ended abruptly, by the far side or by the loss of the tunnel. Nothing follows. */
    void onReset(TunnelStream stream, int errno);

    /** {@link TunnelStream#isWritable} changed. */
    default void onWritabilityChanged(TunnelStream stream) {}
}
