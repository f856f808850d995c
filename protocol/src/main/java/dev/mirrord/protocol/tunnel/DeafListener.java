package dev.mirrord.protocol.tunnel;

import io.netty.buffer.ByteBuf;

/** Takes whatever comes and does nothing; what it gets counts as consumed. */
public class DeafListener implements StreamListener {
    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        stream.consumed(data.readableBytes());
        data.release();
    }

    @Override
    public void onEnd(TunnelStream stream) {}

    @Override
    public void onReset(TunnelStream stream, int errno) {}
}
