package dev.mirrord.session.kubernetes.cluster;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Last in every pipeline, behind whoever answers for a failure: closes instead of printing a stack
 * trace, for a connection that is broken while nobody uses it.
 */
final class PipelineEnd extends ChannelInboundHandlerAdapter {

    static final String NAME = "end";

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
