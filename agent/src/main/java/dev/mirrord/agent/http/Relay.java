package dev.mirrord.agent.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/**
 * One direction of a stream: headers, data, trailers, reset. Reads as fast as the other side's
 * window lets it write.
 */
final class Relay extends ChannelInboundHandlerAdapter {
    private final Http2StreamChannel to;
    private final Consumer<Http2HeadersFrame> headersSeen;
    private boolean ended;
    private boolean flushScheduled;

    /**
     * @param headersSeen may change what is passed on
     */
    Relay(Http2StreamChannel to, Consumer<Http2HeadersFrame> headersSeen) {
        this.to = to;
        this.headersSeen = headersSeen;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        pass(frame);
        flushSoon();
        if (!to.isWritable()) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** A frame belongs to its stream, so a new one is made. */
    void pass(Object frame) {
        switch (frame) {
            case Http2HeadersFrame headers -> {
                headersSeen.accept(headers);
                ended = headers.isEndStream();
                to.write(
                        new DefaultHttp2HeadersFrame(
                                headers.headers(), headers.isEndStream(), headers.padding()));
            }
            case Http2DataFrame data -> {
                ended = data.isEndStream();
                to.write(
                        new DefaultHttp2DataFrame(
                                data.content(), data.isEndStream(), data.padding()));
            }
            default -> ReferenceCountUtil.release(frame);
        }
    }

    /** Netty says no read-complete when a stream ends with what was read. */
    private void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            to.eventLoop()
                    .execute(
                            () -> {
                                flushScheduled = false;
                                to.flush();
                            });
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        to.config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            ended = true;
            to.writeAndFlush(new DefaultHttp2ResetFrame(reset.errorCode()));
        } else if (event instanceof Http2GoAwayFrame away) {
            // Beyond the last stream that it took: nothing was done, so it may be asked again.
            ended = true;
            to.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            ReferenceCountUtil.release(away);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended && to.isActive()) {
            to.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        context.channel().close();
    }
}
