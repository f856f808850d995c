package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one connection, which all come from one side at a time: passed to the client as
 * they come, and taken apart only so far as to know when each is over.
 */
final class Answers {
    private static final int LONGEST_HEAD = 256 * 1024;

    /** What came of some bytes of an answer. */
    enum Outcome {
        /** More is to come. */
        GOING_ON,
        /** An answer is over; the connection can go on. */
        ANSWERED,
        /** The last answer is over. */
        LAST,
        /** The connection speaks something else from here on. */
        UPGRADED
    }

    private final DuplexChannel client;

    /** Of each request that is not answered yet. */
    private final Deque<Expected> expected = new ArrayDeque<>();

    /**
     * @param last the client wants nothing more; the target ends such a connection itself, the
     *     app's end is not the client's
     */
    private record Expected(boolean toHead, boolean last) {}

    private @Nullable Body body;
    private boolean closing;
    private boolean begun;

    Answers(DuplexChannel client) {
        this.client = client;
    }

    void expect(RequestHead request, Side side) {
        boolean toHead = request.request().method().equals("HEAD");
        expected.add(new Expected(toHead, request.last() && side == Side.APP));
    }

    /** True when nothing is to come. */
    boolean isIdle() {
        return expected.isEmpty();
    }

    /** True when one is to come, and nothing of it has reached the client. */
    boolean isWaitingForFirst() {
        return expected.size() == 1 && !begun;
    }

    /** The only one expected will come from elsewhere. */
    void forget() {
        expected.clear();
    }

    /** True if the end of the connection is the end of the answer. */
    boolean endsWithConnection() {
        Body now = body;
        return now != null && now.isEndless();
    }

    /**
     * Passes on what {@code leg} has said, up to the end of one answer.
     *
     * @param inject say in the answer whose it is
     * @param last the connection is to end after it
     */
    Outcome pass(Leg leg, boolean inject, boolean last) {
        while (!leg.unsaid.isEmpty() && !expected.isEmpty()) {
            Body now = body;
            if (now == null) {
                Outcome outcome = head(leg, inject, last);
                if (outcome != Outcome.ANSWERED) {
                    return outcome;
                }
            } else {
                int length = now.extent(leg.unsaid.look());
                if (length > 0) {
                    client.write(leg.unsaid.take(length), client.voidPromise());
                }
                if (now.isMalformed()) {
                    body = Body.endless();
                    closing = true;
                }
            }
            Body after = body;
            if (after != null && after.isOver()) {
                return over();
            }
        }
        return Outcome.GOING_ON;
    }

    private Outcome over() {
        body = null;
        begun = false;
        expected.remove();
        return closing ? Outcome.LAST : Outcome.ANSWERED;
    }

    /** ANSWERED here means: go on with what follows the head. */
    private Outcome head(Leg leg, boolean inject, boolean last) {
        int length = leg.unsaid.headLength();
        if (length < 0 && leg.unsaid.length() < LONGEST_HEAD && mayBeHead(leg.unsaid.look())) {
            return Outcome.GOING_ON;
        }
        Optional<AnswerHead> read =
                length < 0
                        ? Optional.empty()
                        : Head.of(text(leg.unsaid.look(), length)).flatMap(AnswerHead::of);
        begun = true;
        if (read.isEmpty()) {
            // No answer that we understand: the client is to judge it, until its end.
            body = Body.endless();
            closing = true;
            return Outcome.ANSWERED;
        }
        AnswerHead answer = read.get();
        if (answer.status() == 101 || answer.isInterim()) {
            client.write(leg.unsaid.take(length), client.voidPromise());
            return answer.isInterim() ? Outcome.ANSWERED : Outcome.UPGRADED;
        }
        Expected asked = expected.element();
        Body follows = answer.body(asked.toHead());
        body = follows;
        closing = answer.closes() || follows.isEndless() || last || asked.last();
        if (inject || (last && !answer.closes())) {
            leg.unsaid.take(length).release();
            String field = inject ? leg.side().header() : "";
            byte[] changed = answer.with(field, last && !answer.closes());
            client.write(Unpooled.wrappedBuffer(changed), client.voidPromise());
        } else {
            // With what has come of the body: one write is one system call.
            int whole = length + follows.extent(leg.unsaid.look(), length);
            client.write(leg.unsaid.take(whole), client.voidPromise());
        }
        return Outcome.ANSWERED;
    }

    private static boolean mayBeHead(ByteBuf data) {
        String begin = "HTTP/1.";
        int length = Math.min(begin.length(), data.readableBytes());
        return begin.startsWith(text(data, length));
    }

    private static String text(ByteBuf data, int length) {
        return data.toString(data.readerIndex(), length, StandardCharsets.ISO_8859_1);
    }
}
