package dev.mirrord.agent.tls;

import dev.mirrord.agent.http.Closing;
import dev.mirrord.agent.http.PlainSide;
import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes a TLS connection end as others do: close_notify is the end of input, an end without it is a
 * reset (RFC 8446, 6.1). What comes before anybody reads is kept.
 */
final class TlsEnds extends PlainSide {
    private final Deque<Object> early = new ArrayDeque<>();
    private boolean wanted;
    private boolean delivering;
    private boolean ended;

    @Override
    public void read(ChannelHandlerContext context) {
        if (!wanted && !delivering) {
            delivering = true;
            context.executor().execute(() -> deliver(context));
        }
        context.read();
    }

    private void deliver(ChannelHandlerContext context) {
        wanted = true;
        if (early.isEmpty()) {
            return;
        }
        for (Object each = early.poll(); each != null; each = early.poll()) {
            if (each == ChannelInputShutdownEvent.INSTANCE) {
                context.fireUserEventTriggered(each);
            } else {
                context.fireChannelRead(each);
            }
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        if (wanted) {
            context.fireChannelRead(data);
        } else {
            early.add(data);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent closing) {
            if (closing.isSuccess() && !ended) {
                ended = true;
                if (wanted) {
                    context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                } else {
                    early.add(ChannelInputShutdownEvent.INSTANCE);
                }
            }
        } else if (InputEnd.is(event)) {
            if (!ended) {
                Closing.abort(context.channel());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        Closing.abort(context.channel());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }
}
