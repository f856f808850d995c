package dev.mirrord.sidecar.tunnel;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** One question to the agent and its whole answer. */
public final class Query implements StreamListener {
    private final String type;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();

    private Query(String type) {
        this.type = type;
    }

    public static CompletableFuture<byte[]> ask(Tunnel tunnel, String type) {
        Query query = new Query(type);
        byte[] request = "{\"type\":\"%s\"}".formatted(type).getBytes(StandardCharsets.UTF_8);
        tunnel.eventLoop()
                .execute(
                        () ->
                                tunnel.open(
                                                StreamKind.QUERY,
                                                Unpooled.wrappedBuffer(request),
                                                query)
                                        .end());
        return query.done;
    }

    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        int length = data.readableBytes();
        byte[] bytes = new byte[length];
        data.readBytes(bytes).release();
        answer.writeBytes(bytes);
        stream.consumed(length);
    }

    @Override
    public void onEnd(TunnelStream stream) {
        done.complete(answer.toByteArray());
    }

    @Override
    public void onRefuse(TunnelStream stream, int errno, String text) {
        done.completeExceptionally(
                new IOException(
                        "the agent refused to tell the target's %s: %s".formatted(type, text)));
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {
        done.completeExceptionally(
                new IOException("the agent went away while it told the target's " + type));
    }
}
