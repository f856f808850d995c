package dev.mirrord.agent;

import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers all that a stream brought; asked from the test's thread. */
final class TestingStream implements StreamListener {
    final CompletableFuture<byte[]> accepted = new CompletableFuture<>();
    final CompletableFuture<Refusal> refused = new CompletableFuture<>();
    final CompletableFuture<Integer> reset = new CompletableFuture<>();
    final CompletableFuture<byte[]> all = new CompletableFuture<>();
    final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>(100);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile @Nullable TunnelStream stream;
    volatile boolean reading = true;
    final AtomicInteger received = new AtomicInteger();

    record Refusal(int errno, String text) {}

    @Override
    public void onAccept(TunnelStream from, ByteBuf payload) {
        byte[] copy = new byte[payload.readableBytes()];
        payload.readBytes(copy);
        accepted.complete(copy);
    }

    @Override
    public void onRefuse(TunnelStream from, int errno, String text) {
        refused.complete(new Refusal(errno, text));
    }

    @Override
    public void onData(TunnelStream from, ByteBuf data) {
        byte[] copy = new byte[data.readableBytes()];
        data.readBytes(copy);
        data.release();
        bytes.writeBytes(copy);
        received.incrementAndGet();
        messages.offer(copy); // Nobody reads those of a long transfer.
        if (reading) {
            from.consumed(copy.length);
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        all.complete(bytes.toByteArray());
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        reset.complete(errno);
    }

    byte[] awaitAll() throws Exception {
        return all.get(20, TimeUnit.SECONDS);
    }

    byte[] awaitMessage() throws Exception {
        byte[] message = messages.poll(20, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message");
        }
        return message;
    }
}
