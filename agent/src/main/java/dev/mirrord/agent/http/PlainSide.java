package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** The handler of a channel in TLS after which bytes are plain. */
public abstract class PlainSide extends ChannelDuplexHandler {

    /** Gives plain bytes to the channel's handlers as if they came now. */
    static void read(Channel channel, ByteBuf data) {
        ChannelHandlerContext tls = channel.pipeline().context(PlainSide.class);
        if (tls == null) {
            channel.pipeline().fireChannelRead(data).fireChannelReadComplete();
        } else {
            tls.fireChannelRead(data).fireChannelReadComplete();
        }
    }

    /** Tells them that no more will come. */
    static void end(Channel channel) {
        ChannelHandlerContext tls = channel.pipeline().context(PlainSide.class);
        if (tls == null) {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            tls.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}
