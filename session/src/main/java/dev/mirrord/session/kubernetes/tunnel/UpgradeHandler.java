package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the head of the answer to an upgrade. After 101 the rest of the connection's bytes pass
 * through untouched; any other answer is read to its end, for its text.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int LONGEST_BODY = 1024 * 1024;

    /**
     * @param headers names in lower case
     * @param body empty after 101
     */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private ByteBuf received = Unpooled.buffer();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received.writeBytes(bytes);
        bytes.release();
        String text = received.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            if (received.readableBytes() > LONGEST_HEAD) {
                fail(context, new IOException("the answer's headers are too long"));
            }
            return;
        }
        ByteBuf all = received;
        received = Unpooled.buffer();
        int status = status(text);
        if (status == 101) {
            all.skipBytes(end + 4);
            answer.complete(new Answer(status, headers(text.substring(0, end)), ""));
            context.fireChannelRead(all);
            context.pipeline().remove(this);
        } else {
            context.pipeline()
                    .addAfter(context.name(), "refusal", new Refusal())
                    .addAfter(context.name(), "body", new HttpObjectAggregator(LONGEST_BODY))
                    .addAfter(context.name(), "response", new HttpResponseDecoder());
            context.fireChannelRead(all);
            context.pipeline().remove(this);
        }
    }

    private static int status(String head) {
        String[] words = head.split("[ \r]", 3);
        try {
            return words.length < 2 ? 0 : Integer.parseInt(words[1]);
        } catch (NumberFormatException notHttp) {
            return 0;
        }
    }

    private static Map<String, String> headers(String head) {
        Map<String, String> headers = new TreeMap<>();
        for (String line : head.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, new IOException("the API server closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, cause);
    }

    private void fail(ChannelHandlerContext context, Throwable cause) {
        answer.completeExceptionally(cause);
        context.close();
    }

    private final class Refusal extends SimpleChannelInboundHandler<FullHttpResponse> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            String body = response.content().toString(StandardCharsets.UTF_8);
            answer.complete(new Answer(response.status().code(), Map.of(), body));
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(context, new IOException("the API server closed the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(context, cause);
        }
    }
}
