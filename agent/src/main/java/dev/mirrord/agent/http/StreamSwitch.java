package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.Answer;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.filter.Request;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream until it is decided where it goes; then {@link Relay} takes over.
 *
 * <pre>
 *   headers --filter--&gt; [body, if it decides] --&gt; stream opened at target or app --&gt; Relay both ways
 *                                                    '--the app does not take it--&gt; target
 * </pre>
 */
final class StreamSwitch extends ChannelInboundHandlerAdapter {
    private final Http2Connection connection;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Optional<HttpFilter> filter = Optional.empty();
    private @Nullable Request request;
    private boolean decided;
    private boolean over;

    StreamSwitch(Http2Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.streamBegun();
        context.channel().closeFuture().addListener(done -> connection.streamOver());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        waiting.add(frame);
        if (decided) {
            context.channel().config().setAutoRead(false);
            return;
        }
        switch (frame) {
            case Http2HeadersFrame headers when request == null -> first(context, headers);
            case Http2HeadersFrame trailers -> whole(context);
            case Http2DataFrame data -> data(context, data);
            default -> {}
        }
    }

    private void first(ChannelHandlerContext context, Http2HeadersFrame headers) {
        Request asked = request(headers.headers());
        request = asked;
        filter = connection.ways().filter();
        Answer answer = filter.map(f -> f.judge(asked)).orElse(Answer.NO);
        switch (answer) {
            case YES -> decide(context, Side.APP);
            case NO -> decide(context, Side.TARGET);
            case BODY_DECIDES -> {
                if (headers.isEndStream()) {
                    whole(context);
                } else {
                    awaitBody(context);
                }
            }
        }
    }

    private void awaitBody(ChannelHandlerContext context) {
        int millis = filter.map(HttpFilter::bodyMillis).orElse(0);
        connection
                .loop()
                .schedule(() -> judge(context, Optional.empty()), millis, TimeUnit.MILLISECONDS);
    }

    private void data(ChannelHandlerContext context, Http2DataFrame data) {
        ByteBuf content = data.content();
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        body.writeBytes(bytes);
        if (body.size() > filter.map(HttpFilter::bodyLimit).orElse(0)) {
            judge(context, Optional.empty());
        } else if (data.isEndStream()) {
            whole(context);
        }
    }

    private void whole(ChannelHandlerContext context) {
        judge(context, Optional.of(body.toByteArray()));
    }

    private void judge(ChannelHandlerContext context, Optional<byte[]> known) {
        Request asked = request;
        if (decided || over || asked == null) {
            return;
        }
        boolean app = filter.map(f -> f.matches(asked, known)).orElse(false);
        decide(context, app ? Side.APP : Side.TARGET);
    }

    private void decide(ChannelHandlerContext context, Side side) {
        decided = true;
        Http2StreamChannel client = (Http2StreamChannel) context.channel();
        boolean inject = filter.map(HttpFilter::inject).orElse(false);
        Relay answers =
                new Relay(
                        client,
                        frame -> {
                            if (inject && frame.headers().status() != null) {
                                frame.headers().set("mirrord-agent", side.words());
                            }
                        });
        connection
                .upstream(side)
                .open(answers)
                .addListener(
                        (Future<Http2StreamChannel> done) -> opened(context, client, side, done));
    }

    private void opened(
            ChannelHandlerContext context,
            Http2StreamChannel client,
            Side side,
            Future<Http2StreamChannel> done) {
        if (!done.isSuccess()) {
            boolean again =
                    side == Side.APP && filter.map(HttpFilter::fallback).orElse(false) && !over;
            if (again) {
                decide(context, Side.TARGET);
            } else {
                release();
                client.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            }
            return;
        }
        Http2StreamChannel upstream = done.getNow();
        if (over) {
            upstream.close();
            return;
        }
        if (side == Side.APP && waiting.peek() instanceof Http2HeadersFrame headers) {
            connection.ways().ownField().ifPresent(own -> write(own, headers.headers()));
        }
        Relay relay = new Relay(upstream, frame -> {});
        while (!waiting.isEmpty()) {
            relay.pass(waiting.remove());
        }
        upstream.flush();
        client.pipeline().replace(this, null, relay);
        client.config().setAutoRead(upstream.isWritable());
    }

    private static void write(OwnField own, Http2Headers headers) {
        String name = own.name().toLowerCase(Locale.ROOT);
        headers.remove(name);
        own.value().ifPresent(value -> headers.add(name, value));
    }

    static Request request(Http2Headers headers) {
        List<String> fields = new ArrayList<>();
        headers.forEach(
                field -> {
                    String name = field.getKey().toString().toLowerCase(Locale.ROOT);
                    if (name.equals(":authority")) {
                        fields.add("host: " + field.getValue());
                    } else if (!name.startsWith(":")) {
                        fields.add(name + ": " + field.getValue());
                    }
                });
        return new Request(text(headers.method()), text(headers.path()), fields);
    }

    private static String text(@Nullable CharSequence text) {
        return text == null ? "" : text.toString();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame) {
            release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        context.channel().close();
    }

    private void release() {
        over = true;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}
