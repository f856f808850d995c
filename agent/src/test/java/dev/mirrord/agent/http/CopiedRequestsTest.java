package dev.mirrord.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.CopiedRequests.Course;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Of a copy the requests that match reach the app, and nothing else. */
class CopiedRequestsTest {
    private static final String ALICE = "X-User: alice\r\n";

    private final ByteBuf app = Unpooled.buffer();
    private CopiedRequests requests = filteredBy("{\"match\":{\"header\":\"^x-user: alice$\"}}");

    private CopiedRequests filteredBy(String json) {
        try {
            HttpFilter filter = HttpFilter.of(new ObjectMapper().readTree(json));
            return new CopiedRequests(
                    () -> Optional.of(filter),
                    data -> {
                        app.writeBytes(data);
                        data.release();
                    });
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Course say(String text) {
        return requests.data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String heard() {
        return app.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatMatchesIsByteForByteTheSameHoweverItComes() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            StringBuilder all = new StringBuilder();
            StringBuilder wanted = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                boolean alice = random.nextBoolean();
                String body = "GET / HTTP/1.1\r\n\r\n".repeat(random.nextInt(4));
                String request =
                        "POST /%d HTTP/1.1\r\nHost: x\r\n%s".formatted(i, alice ? ALICE : "")
                                + (random.nextBoolean()
                                        ? "Content-Length: " + body.length() + "\r\n\r\n" + body
                                        : "Transfer-Encoding: chunked\r\n\r\n"
                                                + (body.isEmpty()
                                                        ? ""
                                                        : Integer.toHexString(body.length())
                                                                + "\r\n"
                                                                + body
                                                                + "\r\n")
                                                + "0\r\nT: x\r\n\r\n");
                all.append(request);
                wanted.append(alice ? request : "");
            }
            requests = filteredBy("{\"match\":{\"header\":\"^x-user: alice$\"}}");
            app.clear();
            for (int at = 0; at < all.length(); ) {
                int end = Math.min(all.length(), at + 1 + random.nextInt(60));
                assertThat(say(all.substring(at, end))).isEqualTo(Course.GOING_ON);
                at = end;
            }
            assertThat(requests.held()).isZero();
            assertThat(heard()).as("seed %d", seed).isEqualTo(wanted.toString());
        }
    }

    @Test
    void whatIsNotHttpIsNobodys() {
        assertThat(say("*1\r\n$4\r\nPING\r\n")).isEqualTo(Course.DONE);
        assertThat(say("GET / HTTP/1.1\r\n" + ALICE + "\r\n")).isEqualTo(Course.DONE);
        assertThat(heard()).isEmpty();
    }

    @Test
    void afterARequestThatTwoReadersCouldSplitInTwoWaysNothingIsTheApps() {
        String good = "GET /1 HTTP/1.1\r\n" + ALICE + "\r\n";
        assertThat(say(good)).isEqualTo(Course.GOING_ON);
        assertThat(
                        say(
                                "POST /2 HTTP/1.1\r\n"
                                        + ALICE
                                        + "Content-Length: 3\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo(Course.DONE);
        say("0\r\n\r\nGET /3 HTTP/1.1\r\n" + ALICE + "\r\n");
        assertThat(heard()).isEqualTo(good);
    }

    @Test
    void aRequestWhoseBodyHasNoEndIsCut() {
        say("POST / HTTP/1.1\r\n" + ALICE + "Transfer-Encoding: chunked\r\n\r\n");
        assertThat(say("zz\r\n")).isEqualTo(Course.CUT);
    }

    @Test
    void theBodyDecidesWheneverItComes() {
        requests =
                filteredBy(
                        """
                        {"match":{"body":"^1$","query":[{"select":[{"name":"id"}]}]},"bodyLimit":20}
                        """);
        String first = "POST /1 HTTP/1.1\r\nContent-Length: 8\r\n\r\n{\"id\":1}";
        String second = "POST /2 HTTP/1.1\r\nContent-Length: 8\r\n\r\n{\"id\":2}";
        String third = "POST /3 HTTP/1.1\r\nContent-Length: 28\r\n\r\n{\"id\":1}" + " ".repeat(20);
        say(first.substring(0, 45));
        assertThat(heard()).isEmpty();
        say(first.substring(45) + second + third + first);
        assertThat(heard()).isEqualTo(first + first);
    }

    @Test
    void anUpgradedConnectionBelongsToWhomItsRequestDid() {
        String offer = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        say("GET /1 HTTP/1.1\r\n" + ALICE + offer);
        say("GET /2 HTTP/1.1\r\n\r\n");
        say("GET /3 HTTP/1.1\r\n" + ALICE + offer);
        say("\u0081\u0085masked frame");
        assertThat(heard())
                .isEqualTo(
                        "GET /1 HTTP/1.1\r\n"
                                + ALICE
                                + offer
                                + "GET /3 HTTP/1.1\r\n"
                                + ALICE
                                + offer
                                + "\u0081\u0085masked frame");
        requests = filteredBy("{\"match\":{\"header\":\"^x-user: alice$\"}}");
        say("GET /4 HTTP/1.1\r\n" + offer);
        assertThat(say("\u0081\u0085")).isEqualTo(Course.DONE);
    }

    /** A client of ours speaks; a server of Netty's reads what is the app's. */
    private static final class Spoken implements AutoCloseable {
        final EmbeddedChannel client =
                new EmbeddedChannel(
                        Http2FrameCodecBuilder.forClient()
                                .initialSettings(new Http2Settings())
                                .build());
        final EmbeddedChannel server =
                new EmbeddedChannel(
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(
                                        new Http2Settings()
                                                .headerTableSize(0)
                                                .initialWindowSize(1 << 20))
                                .build());
        final Http2FrameCodec codec = client.pipeline().get(Http2FrameCodec.class);
        final ChannelHandlerContext context = client.pipeline().context(codec);
        int next = -1;

        @Override
        public void close() {
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
        }

        ByteBuf bytes() {
            ByteBuf all = Unpooled.buffer();
            for (ByteBuf each = client.readOutbound(); each != null; each = client.readOutbound()) {
                all.writeBytes(each);
                each.release();
            }
            return all;
        }

        void ask(String path, String user, Optional<String> body, boolean trailers) {
            int stream = headers(path, user, body.isEmpty());
            body.ifPresent(
                    text ->
                            codec.encoder()
                                    .writeData(
                                            context,
                                            stream,
                                            Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII),
                                            7,
                                            !trailers,
                                            context.newPromise()));
            if (trailers) {
                codec.encoder()
                        .writeHeaders(
                                context,
                                stream,
                                new DefaultHttp2Headers().add("checksum", path),
                                0,
                                true,
                                context.newPromise());
            }
            flush();
        }

        /** By the codec itself: what its context flushes goes past it. */
        void flush() {
            try {
                codec.flush(context);
            } catch (RuntimeException e) {
                throw new AssertionError(e);
            }
        }

        int headers(String path, String user, boolean last) {
            next += 2;
            DefaultHttp2Headers headers = new DefaultHttp2Headers();
            headers.method("POST").scheme("http").authority("x").path(path).add("x-user", user);
            codec.encoder().writeHeaders(context, next, headers, 3, last, context.newPromise());
            return next;
        }

        void reset(int stream) {
            codec.encoder().writeRstStream(context, stream, 8, context.newPromise());
        }

        /** What the server understands, by path. */
        Map<String, String> read(ByteBuf bytes) {
            server.writeInbound(bytes);
            server.checkException();
            Map<Integer, String> paths = new HashMap<>();
            Map<String, String> all = new HashMap<>();
            for (Object each = server.readInbound(); each != null; each = server.readInbound()) {
                switch ((Http2Frame) each) {
                    case Http2HeadersFrame frame when frame.headers().path() != null -> {
                        paths.put(frame.stream().id(), frame.headers().path().toString());
                        all.put(
                                paths.get(frame.stream().id()),
                                frame.headers().get("x-user") + ":" + end(frame.isEndStream()));
                    }
                    case Http2HeadersFrame frame ->
                            all.merge(
                                    paths.get(frame.stream().id()),
                                    "+"
                                            + frame.headers().get("checksum")
                                            + end(frame.isEndStream()),
                                    String::concat);
                    case Http2DataFrame frame ->
                            all.merge(
                                    paths.get(frame.stream().id()),
                                    frame.content().toString(StandardCharsets.US_ASCII)
                                            + end(frame.isEndStream()),
                                    String::concat);
                    case Http2ResetFrame frame ->
                            all.merge(paths.get(frame.stream().id()), "reset", String::concat);
                    default -> {}
                }
                ReferenceCountUtil.release(each);
            }
            return all;
        }

        private static String end(boolean last) {
            return last ? "." : "";
        }
    }

    @Test
    void streamsThatMatchReachAServerOfAnySettingsAndNoOthers() {
        try (Spoken spoken = new Spoken()) {
            String large = "0123456789".repeat(4_000);
            spoken.client.writeInbound(emptySettings());
            spoken.ask("/1", "alice", Optional.empty(), false);
            spoken.ask("/2", "bob", Optional.of("two"), true);
            spoken.ask("/3", "alice", Optional.of("three"), true);
            spoken.ask("/4", "alice", Optional.of(large), false);
            spoken.reset(spoken.headers("/5", "alice", false));
            spoken.ask("/6", "bob", Optional.empty(), false);
            ByteBuf said = spoken.bytes();
            List<Integer> cuts = new ArrayList<>(List.of(1, 5, 24, 30, 9, 1, 1, 100, 3, 7, 8_000));
            for (int at = 0; said.isReadable(); at++) {
                int length = Math.min(said.readableBytes(), cuts.get(at % cuts.size()));
                assertThat(requests.data(said.readBytes(length))).isEqualTo(Course.GOING_ON);
            }
            Map<String, String> read = spoken.read(app);
            read.replaceAll((path, text) -> text.replace(large, "<large>"));
            assertThat(read)
                    .isEqualTo(
                            Map.of(
                                    "/1", "alice:.",
                                    "/3", "alice:three+/3.",
                                    "/4", "alice:<large>.",
                                    "/5", "alice:reset"));
        }
    }

    /** The target's, for the client to acknowledge. */
    private static ByteBuf emptySettings() {
        return Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    }

    @Test
    void theBodyOfAStreamDecidesToo() {
        requests =
                filteredBy(
                        """
                        {"match":{"body":"^1$","query":[{"select":[{"name":"id"}]}]}}
                        """);
        try (Spoken spoken = new Spoken()) {
            spoken.ask("/1", "a", Optional.of("{\"id\":1}"), true);
            spoken.ask("/2", "a", Optional.of("{\"id\":2}"), false);
            spoken.ask("/3", "a", Optional.of("{\"id\":1}"), false);
            requests.data(spoken.bytes());
            assertThat(requests.held()).isZero();
            assertThat(spoken.read(app).keySet()).containsExactlyInAnyOrder("/1", "/3");
        }
    }

    @Test
    void framesThatNobodyUnderstandsCutTheCopy() {
        try (Spoken spoken = new Spoken()) {
            spoken.ask("/1", "alice", Optional.empty(), false);
            ByteBuf said = spoken.bytes();
            said.writeBytes(new byte[] {0, 0, 4, 9, 4, 0, 0, 0, 1, 1, 2, 3, 4});
            assertThat(requests.data(said)).isEqualTo(Course.CUT);
            assertThat(requests.held()).isZero();
        }
    }
}
