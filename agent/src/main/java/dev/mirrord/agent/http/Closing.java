package dev.mirrord.agent.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How connections end, with TLS or without: in order, or so that nobody takes it for order. */
public final class Closing {
    private static final int LAST_WORDS_SECONDS = 2;

    private Closing() {}

    /** All was said: in TLS close_notify (RFC 8446, 6.1), then the end of the connection's side. */
    public static void endOutput(DuplexChannel channel) {
        if (!channel.isOpen()) {
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
            return;
        }
        tls.closeOutbound()
                .addListener(
                        said -> {
                            if (channel.isOpen()) {
                                channel.shutdownOutput();
                            }
                        });
    }

    /**
     * All was said: what is written is flushed, then the connection ends.
     *
     * @param othersEnd whether the other side has ended its direction
     */
    static void inOrder(DuplexChannel channel, BooleanSupplier othersEnd) {
        channel.writeAndFlush(channel.alloc().buffer(0))
                .addListener(
                        done -> {
                            if (!channel.isOpen()) {
                                return;
                            }
                            channel.config().setOption(ChannelOption.SO_LINGER, -1);
                            endOutput(channel);
                            // What it still sends is read, lest its arrival resets what it has
                            // not read yet.
                            channel.config().setAutoRead(true);
                            if (othersEnd.getAsBoolean()) {
                                channel.close();
                            } else {
                                channel.eventLoop()
                                        .schedule(
                                                () -> channel.close(),
                                                LAST_WORDS_SECONDS,
                                                TimeUnit.SECONDS);
                            }
                        });
    }

    /** A reset, past TLS: a close_notify would make what was cut look complete. */
    public static void abort(Channel channel) {
        if (!channel.isOpen()) {
            return;
        }
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        if (tls == null) {
            channel.close();
        } else {
            tls.close();
        }
    }
}
