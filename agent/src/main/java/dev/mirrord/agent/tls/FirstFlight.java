package dev.mirrord.agent.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/**
 * Sees what our TLS says first to a client. If that is an alert, nothing was said yet that the
 * client could have heard: the target may answer instead.
 */
final class FirstFlight extends ChannelDuplexHandler {
    private static final int ALERT = 21;

    private final Runnable rejected;
    private boolean begun;
    private boolean refused;

    /**
     * @param rejected runs once when nothing was said and nothing will be
     */
    FirstFlight(Runnable rejected) {
        this.rejected = rejected;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf data = (ByteBuf) message;
        if (!begun && data.isReadable() && data.getByte(data.readerIndex()) == ALERT) {
            refuse(context);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
            promise.setSuccess();
            return;
        }
        begun |= data.isReadable();
        context.write(message, promise);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (begun || !context.channel().isActive()) {
            context.close(promise);
            return;
        }
        refuse(context);
        promise.setSuccess();
    }

    /** The client has heard something of us. */
    boolean hasBegun() {
        return begun;
    }

    private void refuse(ChannelHandlerContext context) {
        if (!refused) {
            refused = true;
            context.executor().execute(rejected);
        }
    }
}
