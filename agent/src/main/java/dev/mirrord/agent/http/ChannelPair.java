package dev.mirrord.agent.http;

import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/** One direction of two joined connections on one event loop: bytes, back-pressure, both ends. */
public final class ChannelPair extends ChannelInboundHandlerAdapter {
    private final DuplexChannel from;
    private final DuplexChannel to;
    private @Nullable ChannelPair reverse;
    private boolean ended;

    private ChannelPair(DuplexChannel from, DuplexChannel to) {
        this.from = from;
        this.to = to;
    }

    /** Joins them in both directions and starts to read. */
    public static void join(DuplexChannel one, DuplexChannel other) {
        ChannelPair there = new ChannelPair(one, other);
        ChannelPair back = new ChannelPair(other, one);
        there.reverse = back;
        back.reverse = there;
        one.pipeline().addLast(there);
        other.pipeline().addLast(back);
        one.config().setAutoRead(true);
        other.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        to.write(data, to.voidPromise());
        if (!to.isWritable()) {
            from.config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        to.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        to.config().setAutoRead(from.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event) && !ended) {
            ended = true;
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> finishOutput());
        }
    }

    private void finishOutput() {
        if (to.isOpen()) {
            // All was said: from here on even a killed process may end in order.
            to.config().setOption(ChannelOption.SO_LINGER, -1);
            Closing.endOutput(to);
        }
        if (reverse != null && reverse.ended) {
            from.close();
            to.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        Closing.abort(from);
        Closing.abort(to);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended || (reverse != null && !reverse.ended)) {
            Closing.abort(to);
        }
    }
}
