package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/**
 * Joins a forward with a Netty channel: bytes, half-closes and ends pass both ways; each side stops
 * reading while the other cannot be written to.
 */
final class ChannelJoin extends ChannelInboundHandlerAdapter implements ForwardHandler.Receiver {

    private final PortForwardChannel forward;
    private final Channel local;

    ChannelJoin(PortForwardChannel forward, Channel local) {
        this.forward = forward;
        this.local = local;
    }

    void start() {
        local.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        local.pipeline().addLast("forward", this);
        forward.join(this);
        local.config().setAutoRead(true);
    }

    // from the local channel, on its event loop

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        forward.write((ByteBuf) message);
        if (!forward.isWritable()) {
            local.config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        forward.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        forward.autoRead(local.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            forward.end();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forward.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        local.close();
    }

    // from the forward, on its event loop

    @Override
    public void data(ByteBuf bytes) {
        local.write(bytes);
        if (!local.isWritable()) {
            forward.autoRead(false);
            local.flush();
        }
    }

    @Override
    public void flush() {
        local.flush();
    }

    @Override
    public void end() {
        if (local instanceof DuplexChannel duplex) {
            // behind what is still queued
            local.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(written -> duplex.shutdownOutput());
        }
    }

    @Override
    public void writable(boolean writable) {
        local.config().setAutoRead(writable);
    }

    @Override
    public void closed() {
        local.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
