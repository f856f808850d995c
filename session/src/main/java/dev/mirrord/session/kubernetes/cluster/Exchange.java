package dev.mirrord.session.kubernetes.cluster;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request's answer on a connection. Where {@code lines} is given, a successful body is handed
 * on line by line while it arrives; else, and for refusals, it is kept.
 */
final class Exchange extends SimpleChannelInboundHandler<HttpObject> {

    final CompletableFuture<ApiReply> reply = new CompletableFuture<>();

    /** Completes with the status line. */
    final CompletableFuture<Integer> started = new CompletableFuture<>();

    private final @Nullable Consumer<String> lines;
    private final Consumer<Boolean> released;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private String date = "";
    private boolean keepAlive;

    /**
     * @param released told, once, whether the connection can carry another request
     */
    Exchange(@Nullable Consumer<String> lines, Consumer<Boolean> released) {
        this.lines = lines;
        this.released = released;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message instanceof HttpResponse response) {
            status = response.status().code();
            date = response.headers().get(HttpHeaderNames.DATE, "");
            keepAlive = HttpUtil.isKeepAlive(response);
            started.complete(status);
        }
        if (message instanceof HttpContent content) {
            receive(content.content());
        }
        if (message instanceof LastHttpContent) {
            if (lines != null && status / 100 == 2 && body.size() > 0) {
                emitLine();
            }
            context.pipeline().remove(this);
            released.accept(keepAlive);
            reply.complete(new ApiReply(status, body.toString(StandardCharsets.UTF_8), date));
        }
    }

    private void receive(ByteBuf bytes) {
        if (lines == null || status / 100 != 2) {
            append(bytes, bytes.readableBytes());
            return;
        }
        for (int end = bytes.bytesBefore((byte) '\n'); end >= 0; ) {
            append(bytes, end);
            bytes.skipBytes(1);
            emitLine();
            end = bytes.bytesBefore((byte) '\n');
        }
        append(bytes, bytes.readableBytes());
    }

    private void append(ByteBuf bytes, int length) {
        try {
            bytes.readBytes(body, length);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void emitLine() {
        String line = body.toString(StandardCharsets.UTF_8);
        body.reset();
        if (lines != null) {
            lines.accept(line);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, new ClosedChannelException());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, cause);
    }

    private void fail(ChannelHandlerContext context, Throwable cause) {
        context.close();
        started.completeExceptionally(cause);
        if (reply.completeExceptionally(cause)) {
            released.accept(false);
        }
    }
}
