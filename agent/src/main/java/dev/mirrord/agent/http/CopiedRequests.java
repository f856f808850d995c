package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.Answer;
import dev.mirrord.agent.filter.HttpFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of a copied connection is the app's: the requests that match. There are no answers to wait
 * for, and nobody waits for us: a request is held until it is decided, however long that takes.
 *
 * <pre>
 *   READING --whole head, filter--&gt; BODY --&gt; READING, after an upgrade AFTER_OFFER --no HTTP--&gt; UPGRADED
 *      |  '--filter wants the body--&gt; JUDGING --&gt; BODY
 *      |--preface--&gt; HTTP2
 *      '--not HTTP, not to be split--&gt; OVER
 * </pre>
 *
 * Belongs to one thread.
 */
public final class CopiedRequests {
    private static final int LONGEST_HEAD = 64 * 1024;

    /** How a copied connection goes on. */
    public enum Course {
        GOING_ON,
        /** Nothing of what follows is the app's. */
        DONE,
        /** A request that the app has the beginning of cannot be told apart from what follows. */
        CUT
    }

    private enum State {
        READING,
        JUDGING,
        BODY,
        AFTER_OFFER,
        UPGRADED,
        HTTP2,
        OVER
    }

    private final Supplier<Optional<HttpFilter>> filters;
    private final Consumer<ByteBuf> app;
    private final Pieces held = new Pieces();
    private State state = State.READING;
    private Course course = Course.GOING_ON;
    private @Nullable RequestHead request;
    private @Nullable CopiedStreams http2;
    private int headLength;
    private boolean matches;
    private boolean anyRequest;

    /**
     * @param filters the filter as it is now; empty: all is the app's
     * @param app takes what the app is to get, in order; buffers become its own
     */
    public CopiedRequests(Supplier<Optional<HttpFilter>> filters, Consumer<ByteBuf> app) {
        this.filters = filters;
        this.app = app;
    }

    /** Takes what comes next; the buffer is ours from here on. */
    public Course data(ByteBuf data) {
        if (state == State.OVER) {
            data.release();
            return course;
        }
        held.add(data);
        run(false);
        return course;
    }

    /** The client says no more: what was waited for does not come. */
    public Course end() {
        run(true);
        release();
        return course;
    }

    /** Bytes that wait for more to come. */
    public int held() {
        CopiedStreams streams = http2;
        return held.length() + (streams == null ? 0 : streams.held());
    }

    public void release() {
        state = State.OVER;
        held.release();
        if (http2 != null) {
            http2.release();
        }
    }

    private void run(boolean ended) {
        boolean going = true;
        while (going) {
            going =
                    switch (state) {
                        case READING -> read();
                        case JUDGING -> judge(ended);
                        case BODY -> body();
                        case AFTER_OFFER -> afterOffer();
                        case UPGRADED -> pass(held.length());
                        case HTTP2 -> streams();
                        case OVER -> false;
                    };
        }
    }

    private boolean read() {
        if (held.isEmpty() || passedBlankLine()) {
            return !held.isEmpty();
        }
        return switch (Opening.of(held.look())) {
            case FOREIGN -> over(Course.DONE);
            case HTTP2 -> anyRequest ? over(Course.DONE) : toHttp2();
            case UNDECIDED -> held.length() > LONGEST_HEAD && over(Course.DONE);
            case HTTP1 -> head();
        };
    }

    /** Some clients send one after a body; it belongs to nobody (RFC 9112, 2.2). */
    private boolean passedBlankLine() {
        ByteBuf data = held.look();
        boolean blank =
                anyRequest
                        && data.readableBytes() >= 2
                        && data.getShort(data.readerIndex()) == 0x0d0a;
        if (blank) {
            held.take(2).release();
        }
        return blank;
    }

    private boolean head() {
        int length = held.headLength();
        if (length < 0) {
            return held.length() > LONGEST_HEAD && over(Course.DONE);
        }
        ByteBuf data = held.look();
        String text = data.toString(data.readerIndex(), length, StandardCharsets.ISO_8859_1);
        Optional<RequestHead> read = Head.of(text).flatMap(RequestHead::of);
        if (read.isEmpty()) {
            return over(Course.DONE);
        }
        request = read.get();
        headLength = length;
        anyRequest = true;
        Answer answer =
                filters.get().map(asked -> asked.judge(read.get().request())).orElse(Answer.YES);
        switch (answer) {
            case YES -> begin(true);
            case NO -> begin(false);
            case BODY_DECIDES -> state = State.JUDGING;
        }
        return true;
    }

    private boolean judge(boolean ended) {
        RequestHead asked = require();
        Optional<HttpFilter> filter = filters.get();
        int limit = filter.map(HttpFilter::bodyLimit).orElse(0);
        ByteBuf data = held.look();
        ByteBuf body = data.slice(data.readerIndex() + headLength, held.length() - headLength);
        Optional<byte[]> whole = WholeBody.of(asked.body(), body);
        if (whole.isEmpty() && body.readableBytes() <= limit && !ended) {
            return false;
        }
        Optional<byte[]> used = whole.filter(bytes -> bytes.length <= limit);
        begin(filter.map(f -> f.matches(asked.request(), used)).orElse(true));
        return true;
    }

    private void begin(boolean matched) {
        matches = matched;
        Optional<byte[]> rewritten = require().rewritten();
        if (matched && rewritten.isPresent()) {
            held.take(headLength).release();
            app.accept(Unpooled.wrappedBuffer(rewritten.get()));
        } else {
            pass(headLength);
        }
        state = State.BODY;
    }

    private boolean body() {
        RequestHead asked = require();
        Body body = asked.body();
        if (!body.isOver()) {
            int length = held.isEmpty() ? 0 : body.extent(held.look());
            pass(length);
            if (body.isMalformed()) {
                return over(matches ? Course.CUT : Course.DONE);
            }
        }
        if (!body.isOver()) {
            return false;
        }
        state = asked.upgrade() ? State.AFTER_OFFER : State.READING;
        return true;
    }

    /** The answer is not seen, but what the client says next shows what it was. */
    private boolean afterOffer() {
        if (held.isEmpty()) {
            return false;
        }
        return switch (Opening.of(held.look())) {
            case UNDECIDED -> held.length() > LONGEST_HEAD && over(Course.DONE);
            case HTTP1 -> {
                state = State.READING;
                yield true;
            }
            case FOREIGN, HTTP2 -> {
                if (!matches) {
                    yield over(Course.DONE);
                }
                state = State.UPGRADED;
                yield true;
            }
        };
    }

    private boolean toHttp2() {
        held.take(Opening.PREFACE_LENGTH).release();
        http2 = new CopiedStreams(filters, app);
        state = State.HTTP2;
        return true;
    }

    private boolean streams() {
        CopiedStreams streams = http2;
        if (streams != null && !streams.take(held)) {
            return over(Course.CUT);
        }
        return false;
    }

    /** Of what matches to the app, of all else to nobody. */
    private boolean pass(int length) {
        if (length > 0) {
            ByteBuf data = held.take(length);
            if (matches) {
                app.accept(data);
            } else {
                data.release();
            }
        }
        return false;
    }

    private boolean over(Course how) {
        course = how;
        release();
        return false;
    }

    private RequestHead require() {
        RequestHead now = request;
        if (now == null) {
            throw new IllegalStateException("no request");
        }
        return now;
    }
}
