package dev.mirrord.sidecar.outgoing;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Gives an accepted channel to the event loop of its stream. They are joined before the loop sees
 * the first event of the socket: an end of file (EPOLLRDHUP) makes Netty read even without
 * auto-read, and what it reads into an empty pipeline is lost.
 */
final class Joining {

    private Joining() {}

    static void register(Channel channel, TunnelStream stream, Runnable join) {
        channel.pipeline().addLast(new WhenRegistered(join));
        stream.eventLoop()
                .register(channel)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                stream.eventLoop().execute(() -> stream.reset(Errno.ECONNRESET));
                            }
                        });
    }

    /** A handler that is added before the registration hears of it first. */
    private static final class WhenRegistered extends ChannelInboundHandlerAdapter {
        private final Runnable join;

        WhenRegistered(Runnable join) {
            this.join = join;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            join.run();
            ChannelHandler self = this;
            context.pipeline().remove(self);
        }
    }
}
