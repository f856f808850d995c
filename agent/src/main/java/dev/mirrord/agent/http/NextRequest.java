package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.HttpFilter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The request that a client's connection goes on with: what of it has come is looked at until it is
 * decided whose it is. Nothing is taken out here.
 *
 * <pre>
 *   look() --whole head, filter--&gt; TARGET, APP
 *     |  '--filter wants the body--&gt; BODY, then judge() --&gt; TARGET, APP
 *     '--preface--&gt; HTTP2, not HTTP or not to be split--&gt; FOREIGN
 * </pre>
 */
final class NextRequest {
    private static final int LONGEST_HEAD = 64 * 1024;

    /** What it is, or that more has to come; after a time too long the owner is to ask again. */
    enum Verdict {
        WAIT,
        FOREIGN,
        HTTP2,
        BODY,
        TARGET,
        APP
    }

    private final Pieces held;
    private final Ways ways;
    private final Runnable askAgain;
    private Optional<HttpFilter> filter = Optional.empty();
    private @Nullable RequestHead head;
    private @Nullable ScheduledFuture<?> timer;
    private int headLength;
    private boolean tooLate;

    NextRequest(Pieces held, Ways ways, Runnable askAgain) {
        this.held = held;
        this.ways = ways;
        this.askAgain = askAgain;
    }

    /** Of the last request that was decided. */
    RequestHead head() {
        RequestHead now = head;
        if (now == null) {
            throw new IllegalStateException("no request");
        }
        return now;
    }

    int headLength() {
        return headLength;
    }

    /** The one that judged the last request. */
    Optional<HttpFilter> filter() {
        return filter;
    }

    /**
     * There has to be something.
     *
     * @param first there was no request before this one
     * @param ended no more will come
     * @param forced it is the target's, whatever the filter says
     */
    Verdict look(boolean first, boolean ended, boolean forced) {
        return switch (Opening.of(held.look())) {
            case FOREIGN -> Verdict.FOREIGN;
            case HTTP2 -> first ? Verdict.HTTP2 : Verdict.FOREIGN;
            case UNDECIDED -> incomplete(first, ended);
            case HTTP1 -> lookAtHead(first, ended, forced);
        };
    }

    private Verdict incomplete(boolean first, boolean ended) {
        if (tooLate || ended || held.length() > LONGEST_HEAD) {
            return Verdict.FOREIGN;
        }
        if (first) {
            waitFor(ways.filter().map(HttpFilter::detectMillis).orElse(0));
        }
        return Verdict.WAIT;
    }

    private Verdict lookAtHead(boolean first, boolean ended, boolean forced) {
        int length = held.headLength();
        if (length < 0) {
            return incomplete(first, ended);
        }
        ByteBuf data = held.look();
        String text = data.toString(data.readerIndex(), length, StandardCharsets.ISO_8859_1);
        RequestHead read = Head.of(text).flatMap(RequestHead::of).orElse(null);
        if (read == null) {
            return Verdict.FOREIGN;
        }
        stopWaiting();
        head = read;
        headLength = length;
        filter = forced ? Optional.empty() : ways.filter();
        if (filter.isEmpty()) {
            return Verdict.TARGET;
        }
        return switch (filter.get().judge(read.request())) {
            case YES -> Verdict.APP;
            case NO -> Verdict.TARGET;
            case BODY_DECIDES -> Verdict.BODY;
        };
    }

    /** The body has to be there as a whole, in time and not too long. */
    Verdict judge(boolean ended) {
        RequestHead request = head();
        HttpFilter asked = filter.orElseThrow();
        ByteBuf data = held.look();
        ByteBuf body = data.slice(data.readerIndex() + headLength, held.length() - headLength);
        Optional<byte[]> whole = WholeBody.of(request.body(), body);
        boolean tooLong = body.readableBytes() > asked.bodyLimit();
        if (whole.isEmpty() && !tooLate && !tooLong && !ended && !request.patient()) {
            waitFor(asked.bodyMillis());
            return Verdict.WAIT;
        }
        stopWaiting();
        Optional<byte[]> used = whole.filter(bytes -> bytes.length <= asked.bodyLimit());
        return asked.matches(request.request(), used) ? Verdict.APP : Verdict.TARGET;
    }

    private void waitFor(int millis) {
        if (timer == null) {
            timer = ways.loop().schedule(this::becomeTooLate, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void becomeTooLate() {
        timer = null;
        tooLate = true;
        askAgain.run();
    }

    void stopWaiting() {
        tooLate = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
