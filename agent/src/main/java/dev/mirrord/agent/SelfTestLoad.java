package dev.mirrord.agent;

import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Sends many bytes through a stream as fast as it takes them, and counts what comes back. */
final class SelfTestLoad implements StreamListener {
    private static final int CHUNK = 64 * 1024;

    final CompletableFuture<Long> echoed = new CompletableFuture<>();
    private final ByteBuf chunk = Unpooled.directBuffer(CHUNK).writeZero(CHUNK);
    private long left;
    private long received;

    /**
     * @param bytes how many, a multiple of 64 KiB
     */
    SelfTestLoad(long bytes) {
        this.left = bytes;
    }

    @Override
    public void onAccept(TunnelStream stream, ByteBuf payload) {
        send(stream);
    }

    @Override
    public void onWritabilityChanged(TunnelStream stream) {
        send(stream);
    }

    private void send(TunnelStream stream) {
        while (left > 0 && stream.isWritable()) {
            left -= CHUNK;
            stream.write(chunk.retainedDuplicate());
            if (left == 0) {
                stream.end();
            }
        }
    }

    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        received += data.readableBytes();
        stream.consumed(data.readableBytes());
        data.release();
    }

    @Override
    public void onEnd(TunnelStream stream) {
        chunk.release();
        echoed.complete(received);
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {
        echoed.completeExceptionally(new IOException("stream reset, errno " + errno));
    }
}
