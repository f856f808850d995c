package dev.mirrord.sidecar.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Counts the bytes of the last fifth of a second, both ways, so that a new stream avoids the tunnel
 * of a bulk transfer. Written by its event loop, read by any thread.
 */
final class TrafficMeter extends ChannelDuplexHandler {
    private static final long PERIOD = 100_000_000;

    private volatile long current;
    private volatile long previous;
    private volatile long since = System.nanoTime();

    /** Bytes of the recent past. */
    long recent() {
        long periods = (System.nanoTime() - since) / PERIOD;
        return periods == 0 ? current + previous : periods == 1 ? current : 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf data) {
            add(data.readableBytes());
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf data) {
            add(data.readableBytes());
        }
        context.write(message, promise);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void add(int bytes) {
        long now = System.nanoTime();
        long periods = (now - since) / PERIOD;
        if (periods > 0) {
            previous = periods == 1 ? current : 0;
            current = 0;
            since = now;
        }
        current += bytes;
    }
}
