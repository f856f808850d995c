package dev.mirrord.agent.http;

import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one side, opened with its first stream; after GOAWAY or its loss the next
 * stream opens another.
 */
final class Upstream {
    private final EventLoop loop;
    private final Supplier<Future<DuplexChannel>> connector;
    private final List<Channel> open = new ArrayList<>();
    private @Nullable Promise<Channel> current;

    Upstream(EventLoop loop, Supplier<Future<DuplexChannel>> connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /** A new stream on it; fails when there is no connection to be had. */
    Future<Http2StreamChannel> open(ChannelHandler handler) {
        Promise<Http2StreamChannel> opened = loop.newPromise();
        connection()
                .addListener(
                        (Future<Channel> done) -> {
                            if (!done.isSuccess()) {
                                opened.setFailure(done.cause());
                                return;
                            }
                            new Http2StreamChannelBootstrap(done.getNow())
                                    .handler(handler)
                                    .open(opened);
                        });
        return opened;
    }

    /** Takes a connection that is there already. */
    void adopt(DuplexChannel channel) {
        Promise<Channel> made = loop.newPromise();
        current = made;
        ready(made, channel);
    }

    private Future<Channel> connection() {
        Promise<Channel> known = current;
        if (known != null) {
            return known;
        }
        Promise<Channel> made = loop.newPromise();
        current = made;
        connector
                .get()
                .addListener(
                        (Future<DuplexChannel> done) -> {
                            if (done.isSuccess()) {
                                ready(made, done.getNow());
                            } else {
                                forget(made);
                                made.setFailure(done.cause());
                            }
                        });
        return made;
    }

    private void ready(Promise<Channel> made, DuplexChannel channel) {
        open.add(channel);
        Codecs.client(channel, new ChannelInboundHandlerAdapter());
        channel.pipeline().addLast(new Watch(made));
        channel.config().setAutoRead(true);
        made.setSuccess(channel);
    }

    private void forget(Promise<Channel> which) {
        if (which.equals(current)) {
            current = null;
        }
    }

    void close() {
        for (Channel channel : List.copyOf(open)) {
            channel.close();
        }
    }

    /** Hears of the end of a connection. */
    private final class Watch extends ChannelInboundHandlerAdapter {
        private final Promise<Channel> made;

        Watch(Promise<Channel> made) {
            this.made = made;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2GoAwayFrame) {
                forget(made);
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (InputEnd.is(event)) {
                context.channel().close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            forget(made);
            open.remove(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            context.channel().close();
        }
    }
}
