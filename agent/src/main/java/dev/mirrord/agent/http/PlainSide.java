package dev.mirrord.agent.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundInvoker;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** The handler of a channel in TLS after which bytes are plain. */
public abstract class PlainSide extends ChannelDuplexHandler {

    /**
     * Gives plain bytes to a channel's handlers as if they came now.
     *
     * @param ended no more will come
     */
    static void replay(Channel channel, Pieces pieces, boolean ended) {
        if (!pieces.isEmpty()) {
            handlers(channel)
                    .fireChannelRead(pieces.take(pieces.length()))
                    .fireChannelReadComplete();
        }
        if (ended) {
            handlers(channel).fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    private static ChannelInboundInvoker handlers(Channel channel) {
        ChannelHandlerContext tls = channel.pipeline().context(PlainSide.class);
        return tls == null ? channel.pipeline() : tls;
    }
}
