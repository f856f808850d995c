package dev.mirrord.sidecar.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.sidecar.Json;
import dev.mirrord.sidecar.Log;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The one connection with the CLI. */
public final class Control extends SimpleChannelInboundHandler<ByteBuf> {
    private static final int LONGEST_LINE = 32 << 20;

    private final Channel channel;
    private @Nullable ControlListener listener;

    Control(Channel channel) {
        this.channel = channel;
    }

    /** Begins to read; on the channel's event loop. */
    void listen(ControlListener to) {
        listener = to;
        channel.pipeline().addLast(new LineBasedFrameDecoder(LONGEST_LINE), this);
    }

    public void close() {
        channel.close();
    }

    /** Any thread. */
    public ChannelFuture send(ObjectNode message) {
        return channel.writeAndFlush(Unpooled.copiedBuffer(message + "\n", StandardCharsets.UTF_8));
    }

    /** A line for the user. */
    public void notice(String text) {
        send(Json.message("notice").put("text", text));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
        JsonNode message = Json.parse(line.toString(StandardCharsets.UTF_8));
        if (listener != null) {
            listener.onMessage(message.path("type").asText(), message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (listener != null) {
            listener.onClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        Log.line("control connection failed", "why", error.getMessage());
        context.close();
    }
}
