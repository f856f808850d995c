package dev.mirrord.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where one message ends and the next begins, however the bytes come. */
class SplittingTest {
    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    /** Messages of all kinds, each with its body. */
    private static List<String> messages(Random random) {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String head = "POST /%d HTTP/1.1\r\nHost: x\r\n".formatted(i);
            String body = "b\r\n".repeat(random.nextInt(50));
            messages.add(
                    switch (random.nextInt(3)) {
                        case 0 -> head + "\r\n";
                        case 1 -> head + "content-length: " + body.length() + "\r\n\r\n" + body;
                        default ->
                                head
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + (body.isEmpty()
                                                ? ""
                                                : Integer.toHexString(body.length())
                                                        + ";x=\"y\"\r\n"
                                                        + body
                                                        + "\r\n")
                                        + (random.nextBoolean()
                                                ? "0\r\n\r\n"
                                                : "00\r\nTrailer: t\r\nOther: o\r\n\r\n");
                    });
        }
        return messages;
    }

    /** Splits as a connection does. */
    private static List<String> split(List<String> segments) {
        List<String> found = new ArrayList<>();
        StringBuilder message = new StringBuilder();
        Pieces pieces = new Pieces();
        Body body = null;
        for (String segment : segments) {
            pieces.add(bytes(segment));
            while (true) {
                if (body == null) {
                    int length = pieces.isEmpty() ? -1 : pieces.headLength();
                    if (length < 0) {
                        break;
                    }
                    String head = text(pieces.take(length));
                    body = Head.of(head).flatMap(RequestHead::of).orElseThrow().body();
                    message.append(head);
                } else if (!body.isOver()) {
                    int length = pieces.isEmpty() ? 0 : body.extent(pieces.look());
                    assertThat(body.isMalformed()).isFalse();
                    if (length == 0) {
                        break;
                    }
                    message.append(text(pieces.take(length)));
                }
                if (body.isOver()) {
                    found.add(message.toString());
                    message.setLength(0);
                    body = null;
                }
            }
        }
        assertThat(pieces.isEmpty()).isTrue();
        return found;
    }

    private static String text(ByteBuf data) {
        String text = data.toString(StandardCharsets.ISO_8859_1);
        data.release();
        return text;
    }

    @Test
    void anySegmentationGivesTheSameMessages() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<String> messages = messages(random);
            String all = String.join("", messages);
            List<String> segments = new ArrayList<>();
            int longest = 1 + random.nextInt(200);
            for (int at = 0; at < all.length(); ) {
                int next = Math.min(all.length(), at + 1 + random.nextInt(longest));
                segments.add(all.substring(at, next));
                at = next;
            }
            assertThat(split(segments)).as("seed %d", seed).isEqualTo(messages);
        }
    }

    @Test
    void whatAnotherReaderMightSplitOtherwiseIsNotSplit() {
        for (String head :
                List.of(
                        "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                        "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
                        "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                        "GET / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n",
                        "GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n",
                        "GET / HTTP/1.1\r\nX: a\nContent-Length: 3\r\n\r\n",
                        "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
                        "GET /  HTTP/1.1\r\n\r\n",
                        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "CONNECT a:1 HTTP/1.1\r\n\r\n")) {
            assertThat(Head.of(head).flatMap(RequestHead::of)).as(head).isEmpty();
        }
        Body body = Body.chunked();
        assertThat(body.extent(bytes("3\nabc"))).isEqualTo(1);
        assertThat(body.isMalformed()).isTrue();
    }

    @Test
    void theFirstBytesTell() {
        assertThat(Opening.of(bytes("GET / HTTP/1.1\r\n"))).isEqualTo(Opening.HTTP1);
        assertThat(Opening.of(bytes("GET / HT"))).isEqualTo(Opening.UNDECIDED);
        assertThat(Opening.of(bytes("*1\r\n"))).isEqualTo(Opening.FOREIGN);
        assertThat(Opening.of(bytes("PING\r\n"))).isEqualTo(Opening.FOREIGN);
        assertThat(Opening.of(bytes("SET a b\r\n"))).isEqualTo(Opening.FOREIGN);
        assertThat(Opening.of(bytes("\u0016\u0003\u0001"))).isEqualTo(Opening.FOREIGN);
        assertThat(Opening.of(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))).isEqualTo(Opening.HTTP2);
        assertThat(Opening.of(bytes("PRI * HTTP/2"))).isEqualTo(Opening.UNDECIDED);
    }

    @Test
    void anAnswersEndDependsOnWhatWasAsked() {
        assertThat(answer("200 OK\r\nContent-Length: 5\r\n").body(true).isOver()).isTrue();
        assertThat(answer("204 No\r\nContent-Length: 5\r\n").body(false).isOver()).isTrue();
        assertThat(answer("200 OK\r\nContent-Length: 5\r\n").body(false).isOver()).isFalse();
        assertThat(answer("200 OK\r\n").body(false).isEndless()).isTrue();
    }

    @Test
    void aBodyIsFoundBehindItsHeadInOnePiece() {
        assertThat(Body.ofLength(5).extent(bytes("headbody+more"), 4)).isEqualTo(5);
        assertThat(Body.ofLength(50).extent(bytes("headbody"), 4)).isEqualTo(4);
        assertThat(Body.ofLength(5).extent(bytes("head"), 4)).isZero();
        assertThat(Body.endless().extent(bytes("headbody"), 4)).isEqualTo(4);
        Body chunked = Body.chunked();
        assertThat(chunked.extent(bytes("head1\r\nx\r\n0\r\n\r\nGET"), 4)).isEqualTo(11);
        assertThat(chunked.isOver()).isTrue();
        Body malformed = Body.chunked();
        assertThat(malformed.extent(bytes("head1\r\nxy"), 4)).isEqualTo(4);
        assertThat(malformed.isMalformed()).isTrue();
    }

    private static AnswerHead answer(String text) {
        Optional<AnswerHead> read = Head.of("HTTP/1.1 " + text + "\r\n").flatMap(AnswerHead::of);
        return read.orElseThrow();
    }
}
