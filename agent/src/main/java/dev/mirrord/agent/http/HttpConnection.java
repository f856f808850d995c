package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.Answer;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection to a filtered port.
 *
 * <pre>
 *   READING --whole head, filter--&gt; DECIDED --the way is open, other way's answers are over--&gt; BODY --&gt; READING
 *      |  '--filter wants the body--&gt; JUDGING --&gt; DECIDED                                          '--&gt; UPGRADING
 *      |                                                                     other answer: READING --'    |
 *      '--not HTTP/1, not to be split--&gt; JOINING --the way is open--&gt; bytes only &lt;--------------101-------'
 * </pre>
 *
 * Requests to one side may overlap (pipelining); a request to the other side waits until all
 * answers are there, so answers need no sorting. The target is connected to at once: it may be one
 * that speaks first, and then the connection is all its own.
 */
public final class HttpConnection extends ChannelInboundHandlerAdapter implements Ending {
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int MOST_HELD = 256 * 1024;
    private static final int MOST_REPLAYED = 64 * 1024;
    private static final int LAST_WORDS_SECONDS = 2;
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS");

    private enum State {
        READING,
        JUDGING,
        DECIDED,
        BODY,
        UPGRADING,
        JOINING,
        OVER
    }

    private final DuplexChannel client;
    private final Ways ways;
    private final Connections connections;
    private final Answers answers;
    private final Pieces held = new Pieces();
    private final Map<Side, Leg> legs = new EnumMap<>(Side.class);
    private final Set<Side> opening = EnumSet.noneOf(Side.class);
    private State state = State.READING;
    private Side side = Side.TARGET;
    private @Nullable Leg active;
    private @Nullable RequestHead current;
    private Optional<HttpFilter> filter = Optional.empty();
    private @Nullable ByteBuf replay;
    private @Nullable ScheduledFuture<?> timer;
    private int headLength;
    private boolean anyRequest;
    private boolean forcedToTarget;
    private boolean clientEnded;
    private boolean processing;
    private boolean again;

    private HttpConnection(DuplexChannel client, Ways ways, Connections connections) {
        this.client = client;
        this.ways = ways;
        this.connections = connections;
        this.answers = new Answers(client);
    }

    /** Takes over a channel that is not registered yet; must be called on {@code ways.loop()}. */
    public static void begin(DuplexChannel client, Ways ways, Connections connections) {
        ways.loop().register(client).addListener(done -> adopt(client, ways, connections));
    }

    /** Takes over a registered channel that has not been read from yet, or whose bytes follow. */
    public static void adopt(DuplexChannel client, Ways ways, Connections connections) {
        HttpConnection connection = new HttpConnection(client, ways, connections);
        connections.add(connection);
        client.pipeline().addLast(connection);
        connection.open(Side.TARGET);
        connection.updateReading();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        if (state == State.OVER) {
            ((ByteBuf) data).release();
            return;
        }
        held.add((ByteBuf) data);
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        updateReading();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        legs.values().forEach(leg -> leg.channel().config().setAutoRead(client.isWritable()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        boolean endOfFile = InputEnd.is(event);
        if (!endOfFile || clientEnded) {
            return;
        }
        clientEnded = true;
        if (state == State.OVER) {
            client.close();
            return;
        }
        process();
        Leg leg = active;
        if (leg != null && !answers.isIdle() && state != State.DECIDED && state != State.OVER) {
            leg.end();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        abort();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state != State.OVER) {
            over(!answers.isIdle());
        }
    }

    private void process() {
        again = true;
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (again) {
                again = false;
                again |= step();
            }
        } finally {
            processing = false;
        }
        Leg leg = active;
        if (leg != null) {
            leg.flush();
        }
        updateReading();
    }

    /** Uses up bytes or changes the state; false when there is nothing to do. */
    private boolean step() {
        return switch (state) {
            case READING -> read();
            case JUDGING -> judge();
            case DECIDED -> send();
            case BODY -> sendBody();
            case JOINING -> join();
            case UPGRADING, OVER -> false;
        };
    }

    private boolean read() {
        if (held.isEmpty()) {
            if (clientEnded && answers.isIdle()) {
                closeClient();
            }
            return false;
        }
        if (passedBlankLine()) {
            return true;
        }
        return switch (Opening.of(held.look())) {
            case FOREIGN -> joinWith(Side.TARGET);
            case HTTP2 -> anyRequest ? joinWith(Side.TARGET) : toHttp2();
            case UNDECIDED -> incomplete();
            case HTTP1 -> readHead();
        };
    }

    /** Some clients send one after a body; it belongs to nobody (RFC 9112, 2.2). */
    private boolean passedBlankLine() {
        Leg leg = active;
        ByteBuf data = held.look();
        if (leg == null
                || data.readableBytes() < 2
                || data.getShort(data.readerIndex()) != 0x0d0a) {
            return false;
        }
        leg.write(held.take(2));
        return true;
    }

    private boolean incomplete() {
        if (clientEnded || held.length() > LONGEST_HEAD) {
            return joinWith(Side.TARGET);
        }
        if (!anyRequest && timer == null) {
            int millis = ways.filter().map(HttpFilter::detectMillis).orElse(0);
            timer =
                    ways.loop()
                            .schedule(
                                    () -> {
                                        timer = null;
                                        if (state == State.READING && !anyRequest) {
                                            joinWith(Side.TARGET);
                                            process();
                                        }
                                    },
                                    millis,
                                    TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private boolean readHead() {
        int length = held.headLength();
        if (length < 0) {
            return incomplete();
        }
        ByteBuf data = held.look();
        String text = data.toString(data.readerIndex(), length, StandardCharsets.ISO_8859_1);
        Optional<RequestHead> read = Head.of(text).flatMap(RequestHead::of);
        if (read.isEmpty()) {
            return joinWith(Side.TARGET);
        }
        stopTimer();
        current = read.get();
        headLength = length;
        filter = forcedToTarget ? Optional.empty() : ways.filter();
        forcedToTarget = false;
        Answer answer = filter.map(asked -> asked.judge(read.get().request())).orElse(Answer.NO);
        switch (answer) {
            case YES -> decide(Side.APP);
            case NO -> decide(Side.TARGET);
            case BODY_DECIDES -> state = State.JUDGING;
        }
        return true;
    }

    private void decide(Side chosen) {
        stopTimer();
        side = chosen;
        state = State.DECIDED;
    }

    /** The body has to be there as a whole, in time and not too long. */
    private boolean judge() {
        RequestHead request = requireCurrent();
        HttpFilter asked = requireFilter();
        ByteBuf data = held.look();
        ByteBuf body = data.slice(data.readerIndex() + headLength, held.length() - headLength);
        Optional<byte[]> whole = WholeBody.of(request.body(), body);
        boolean late = body.readableBytes() > asked.bodyLimit() || clientEnded || request.patient();
        if (whole.isPresent() || late) {
            Optional<byte[]> used = whole.filter(bytes -> bytes.length <= asked.bodyLimit());
            decide(asked.matches(request.request(), used) ? Side.APP : Side.TARGET);
            return true;
        }
        if (timer == null) {
            timer =
                    ways.loop()
                            .schedule(
                                    () -> {
                                        timer = null;
                                        if (state == State.JUDGING) {
                                            boolean app =
                                                    asked.matches(
                                                            request.request(), Optional.empty());
                                            decide(app ? Side.APP : Side.TARGET);
                                            process();
                                        }
                                    },
                                    asked.bodyMillis(),
                                    TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private boolean send() {
        Optional<Leg> ready = readyLeg();
        if (ready.isEmpty()) {
            return false;
        }
        Leg leg = ready.get();
        RequestHead request = requireCurrent();
        keepForReplay(leg, request);
        active = leg;
        anyRequest = true;
        answers.expect(request.request().method().equals("HEAD"));
        if (request.rewritten().isPresent()) {
            held.take(headLength).release();
            forgetReplay();
            leg.write(Unpooled.wrappedBuffer(request.rewritten().get()));
        } else {
            pass(leg, headLength);
        }
        state = State.BODY;
        return true;
    }

    /** The chosen way's leg, once it is open and the other one has nothing more to say. */
    private Optional<Leg> readyLeg() {
        Leg leg = legs.get(side);
        if (leg == null || !leg.isUsable()) {
            open(side);
            return Optional.empty();
        }
        return active == null || active == leg || answers.isIdle()
                ? Optional.of(leg)
                : Optional.empty();
    }

    private void pass(Leg leg, int length) {
        ByteBuf data = held.take(length);
        ByteBuf kept = replay;
        if (kept != null) {
            if (kept.readableBytes() + length > MOST_REPLAYED) {
                forgetReplay();
            } else {
                kept.writeBytes(data, data.readerIndex(), length);
            }
        }
        leg.write(data);
    }

    /** What the app may lose is sent to the target, if doing it twice does no harm. */
    private void keepForReplay(Leg leg, RequestHead request) {
        forgetReplay();
        boolean wanted = filter.map(HttpFilter::fallback).orElse(false);
        if (leg.side() == Side.APP
                && wanted
                && answers.isIdle()
                && REPEATABLE.contains(request.request().method())) {
            replay = client.alloc().buffer(headLength);
        }
    }

    private void forgetReplay() {
        if (replay != null) {
            replay.release();
            replay = null;
        }
    }

    private boolean sendBody() {
        RequestHead request = requireCurrent();
        Leg leg = requireActive();
        Body body = request.body();
        if (!body.isOver()) {
            int length = held.isEmpty() ? 0 : body.extent(held.look());
            if (length > 0) {
                pass(leg, length);
            }
            if (body.isMalformed()) {
                return joinWith(leg.side());
            }
        }
        if (!body.isOver()) {
            return false;
        }
        state = request.upgrade() ? State.UPGRADING : State.READING;
        return true;
    }

    private boolean joinWith(Side chosen) {
        stopTimer();
        forgetReplay();
        side = chosen;
        state = State.JOINING;
        return true;
    }

    /** From here on it is one connection like any other. */
    private boolean join() {
        Optional<Leg> ready = readyLeg();
        if (ready.isEmpty()) {
            return false;
        }
        Leg leg = ready.get();
        legs.remove(leg.side());
        leg.flush();
        over(false);
        client.pipeline().remove(this);
        leg.channel().pipeline().remove(leg);
        ChannelPair.join(client, leg.channel());
        replayInto(leg.channel(), leg.unsaid, leg.hasEnded());
        replayInto(client, held, clientEnded);
        return false;
    }

    private boolean toHttp2() {
        Leg target = legs.remove(Side.TARGET);
        over(false);
        client.pipeline().remove(this);
        Http2Connection http2 = Http2Connection.begin(client, ways);
        if (target != null && target.isUsable()) {
            target.channel().pipeline().remove(target);
            http2.upstream(Side.TARGET).adopt(target.channel());
            replayInto(target.channel(), target.unsaid, false);
        }
        connections.add(http2);
        client.closeFuture().addListener(done -> connections.remove(http2));
        replayInto(client, held, clientEnded);
        return false;
    }

    private static void replayInto(DuplexChannel channel, Pieces pieces, boolean ended) {
        if (!pieces.isEmpty()) {
            PlainSide.read(channel, pieces.take(pieces.length()));
        }
        if (ended) {
            PlainSide.end(channel);
        }
    }

    private void open(Side wanted) {
        if (!opening.add(wanted)) {
            return;
        }
        Future<DuplexChannel> connecting =
                switch (wanted) {
                    case TARGET -> ways.toTarget();
                    case APP -> ways.toApp();
                };
        connecting.addListener((Future<DuplexChannel> done) -> opened(wanted, done));
    }

    private void opened(Side wanted, Future<DuplexChannel> done) {
        opening.remove(wanted);
        boolean needed = side == wanted && (state == State.DECIDED || state == State.JOINING);
        if (done.isSuccess()) {
            DuplexChannel channel = done.getNow();
            if (state == State.OVER) {
                channel.close();
                return;
            }
            Leg leg = new Leg(this, wanted, channel);
            legs.put(wanted, leg);
            channel.pipeline().addLast(leg);
            channel.config().setAutoRead(client.isWritable());
        } else if (needed && wanted == Side.APP && requireFilter().fallback()) {
            side = Side.TARGET;
        } else if (needed) {
            abort();
        }
        process();
    }

    void legSaid(Leg leg, ByteBuf data) {
        if (state == State.OVER) {
            data.release();
            return;
        }
        boolean waits = !anyRequest && leg.side() == Side.TARGET && Opening.mayBeSettings(data);
        leg.unsaid.add(data);
        if (waits) {
            // HTTP/2, if the client agrees.
            return;
        }
        if (leg == active && !answers.isIdle()) {
            answer(leg);
        } else if (leg.side() == Side.TARGET
                && !anyRequest
                && data.getByte(data.readerIndex()) != 'H') {
            // It speaks first.
            joinWith(Side.TARGET);
            process();
        } else {
            // Such as a 408 to nobody's request.
            drop(leg);
        }
    }

    private void answer(Leg leg) {
        boolean inject = filter.map(HttpFilter::inject).orElse(false);
        boolean going = true;
        while (going && !leg.unsaid.isEmpty() && !answers.isIdle()) {
            going =
                    switch (answers.pass(leg, inject, connections.areEnding())) {
                        case GOING_ON -> false;
                        case ANSWERED -> true;
                        case UPGRADED -> {
                            joinWith(leg.side());
                            yield false;
                        }
                        case LAST -> {
                            closeClient();
                            yield false;
                        }
                    };
        }
        if (state == State.OVER) {
            return;
        }
        if (answers.isIdle()) {
            forgetReplay();
            if (state == State.UPGRADING) {
                state = State.READING;
            }
            if (!leg.unsaid.isEmpty()) {
                drop(leg);
            }
        }
        process();
    }

    void legEnded(Leg leg) {
        if (leg == active && !answers.isIdle()) {
            if (answers.endsWithConnection()) {
                closeClient();
            } else {
                legLost(leg);
            }
            return;
        }
        boolean wasActive = leg == active;
        boolean only = leg.side() == Side.TARGET && (wasActive || !anyRequest);
        drop(leg);
        boolean waiting = state == State.DECIDED || state == State.JOINING;
        if (!waiting && (only || (wasActive && state == State.BODY))) {
            // Its connection is over, so the client's is, as it would be without us.
            closeClient();
        } else {
            process();
        }
    }

    void legLost(Leg leg) {
        if (leg != active || answers.isIdle()) {
            legEnded(leg);
            return;
        }
        ByteBuf again = replay;
        if (again == null || !answers.isWaitingForFirst() || state != State.READING) {
            abort();
            return;
        }
        replay = null;
        answers.forget();
        drop(leg);
        held.putBack(again);
        forcedToTarget = true;
        process();
    }

    private void drop(Leg leg) {
        legs.remove(leg.side(), leg);
        if (active == leg) {
            active = null;
        }
        leg.close(false);
    }

    void flushClient() {
        client.flush();
    }

    void updateReading() {
        if (state == State.OVER) {
            return;
        }
        Leg leg = active;
        boolean room = leg == null || leg.channel().isWritable();
        client.config().setAutoRead(room && held.length() < MOST_HELD);
    }

    /** Each answer looks for itself whether it is to be the last. */
    @Override
    public void endSoon() {}

    @Override
    public void endIfIdle() {
        ways.loop()
                .execute(
                        () -> {
                            boolean idle = state == State.READING && answers.isIdle();
                            if (idle && held.isEmpty()) {
                                closeClient();
                            }
                        });
    }

    /** All was said: the client's connection ends in order. */
    private void closeClient() {
        over(false);
        client.writeAndFlush(client.alloc().buffer(0))
                .addListener(
                        done -> {
                            if (!client.isOpen()) {
                                return;
                            }
                            client.config().setOption(ChannelOption.SO_LINGER, -1);
                            Closing.endOutput(client);
                            // What it still sends is read, lest its arrival resets what it has
                            // not read yet.
                            client.config().setAutoRead(true);
                            if (clientEnded) {
                                client.close();
                            } else {
                                ways.loop()
                                        .schedule(
                                                () -> client.close(),
                                                LAST_WORDS_SECONDS,
                                                TimeUnit.SECONDS);
                            }
                        });
        held.release();
    }

    private void abort() {
        if (state == State.OVER) {
            return;
        }
        over(true);
        held.release();
        Closing.abort(client);
    }

    private void over(boolean abruptly) {
        state = State.OVER;
        stopTimer();
        forgetReplay();
        connections.remove(this);
        for (Leg leg : legs.values()) {
            leg.close(abruptly);
        }
        legs.clear();
        active = null;
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private RequestHead requireCurrent() {
        RequestHead now = current;
        if (now == null) {
            throw new IllegalStateException("no request");
        }
        return now;
    }

    private Leg requireActive() {
        Leg now = active;
        if (now == null) {
            throw new IllegalStateException("no way");
        }
        return now;
    }

    private HttpFilter requireFilter() {
        return filter.orElseThrow();
    }
}
