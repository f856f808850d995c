package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Optional;

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
    private static final int MOST_HELD = 256 * 1024;

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
    private final Pieces held = new Pieces();
    private final NextRequest request;
    private final Legs legs;
    private final Answers answers;
    private final Replay replay = new Replay();
    private State state = State.READING;
    private Side side = Side.TARGET;
    private boolean anyRequest;
    private boolean forcedToTarget;
    private boolean clientEnded;
    private boolean processing;
    private boolean again;

    private HttpConnection(DuplexChannel client, Ways ways, Connections connections) {
        this.client = client;
        this.ways = ways;
        this.connections = connections;
        this.request = new NextRequest(held, ways, this::process);
        this.legs = new Legs(ways, this::opened);
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
        connection.legs.open(Side.TARGET);
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
        legs.setAutoRead(client.isWritable());
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
        Leg leg = legs.active();
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
                // Not `again |= step()`, which forgets what is set while the step is done.
                if (step()) {
                    again = true;
                }
            }
        } finally {
            processing = false;
        }
        Leg leg = legs.active();
        if (leg != null) {
            leg.flush();
        }
        updateReading();
    }

    /** Uses up bytes or changes the state; false when there is nothing to do. */
    private boolean step() {
        return switch (state) {
            case READING -> read();
            case JUDGING -> follow(request.judge(clientEnded));
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
        return passedBlankLine() || follow(request.look(!anyRequest, clientEnded, forcedToTarget));
    }

    /** Some clients send one after a body; it belongs to nobody (RFC 9112, 2.2). */
    private boolean passedBlankLine() {
        Leg leg = legs.active();
        ByteBuf data = held.look();
        if (leg == null
                || data.readableBytes() < 2
                || data.getShort(data.readerIndex()) != 0x0d0a) {
            return false;
        }
        leg.write(held.take(2));
        return true;
    }

    private boolean follow(NextRequest.Verdict verdict) {
        return switch (verdict) {
            case WAIT -> false;
            case FOREIGN -> joinWith(Side.TARGET);
            case HTTP2 -> toHttp2();
            case BODY -> goOn(State.JUDGING);
            case TARGET -> decide(Side.TARGET);
            case APP -> decide(Side.APP);
        };
    }

    private boolean goOn(State next) {
        state = next;
        return true;
    }

    private boolean decide(Side chosen) {
        forcedToTarget = false;
        side = chosen;
        return goOn(State.DECIDED);
    }

    private boolean send() {
        Optional<Leg> ready = legs.ready(side, answers.isIdle());
        if (ready.isEmpty()) {
            return false;
        }
        Leg leg = ready.get();
        RequestHead head = request.head();
        keepForReplay(leg, head);
        legs.activate(leg);
        anyRequest = true;
        answers.expect(head, leg.side());
        Optional<byte[]> rewritten =
                leg.side() == Side.APP ? head.toApp(ways.ownField()) : head.rewritten();
        if (rewritten.isPresent()) {
            ByteBuf original = held.take(request.headLength());
            replay.add(original);
            original.release();
            leg.write(Unpooled.wrappedBuffer(rewritten.get()));
        } else {
            int length = request.headLength();
            pass(leg, length + head.body().extent(held.look(), length));
        }
        return goOn(State.BODY);
    }

    private void pass(Leg leg, int length) {
        ByteBuf data = held.take(length);
        replay.add(data);
        leg.write(data);
    }

    /** What the app may lose is sent to the target. */
    private void keepForReplay(Leg leg, RequestHead head) {
        replay.forget();
        boolean wanted = request.filter().map(HttpFilter::fallback).orElse(false);
        if (leg.side() == Side.APP && wanted && answers.isIdle() && Replay.allows(head)) {
            replay.begin(client.alloc(), request.headLength());
        }
    }

    private boolean sendBody() {
        RequestHead head = request.head();
        Leg leg = legs.requireActive();
        Body body = head.body();
        if (!body.isOver()) {
            int length = held.isEmpty() ? 0 : body.extent(held.look());
            if (length > 0) {
                pass(leg, length);
            }
            if (body.isMalformed()) {
                return joinWith(leg.side());
            }
        }
        return body.isOver() && goOn(head.upgrade() ? State.UPGRADING : State.READING);
    }

    private boolean joinWith(Side chosen) {
        request.stopWaiting();
        replay.forget();
        side = chosen;
        return goOn(State.JOINING);
    }

    /** From here on it is one connection like any other. */
    private boolean join() {
        Optional<Leg> ready = legs.ready(side, answers.isIdle());
        if (ready.isEmpty()) {
            return false;
        }
        Leg leg = ready.get();
        legs.take(leg.side());
        leg.flush();
        over(false);
        client.pipeline().remove(this);
        leg.channel().pipeline().remove(leg);
        ChannelPair.join(client, leg.channel());
        PlainSide.replay(leg.channel(), leg.unsaid, leg.hasEnded());
        PlainSide.replay(client, held, clientEnded);
        return false;
    }

    private boolean toHttp2() {
        Leg target = legs.take(Side.TARGET);
        over(false);
        client.pipeline().remove(this);
        Http2Connection http2 = Http2Connection.begin(client, ways);
        if (target != null && target.isUsable()) {
            target.channel().pipeline().remove(target);
            http2.upstream(Side.TARGET).adopt(target.channel());
            PlainSide.replay(target.channel(), target.unsaid, false);
        }
        connections.add(http2);
        client.closeFuture().addListener(done -> connections.remove(http2));
        PlainSide.replay(client, held, clientEnded);
        return false;
    }

    private void opened(Side wanted, Future<DuplexChannel> done) {
        boolean needed = side == wanted && (state == State.DECIDED || state == State.JOINING);
        if (done.isSuccess()) {
            DuplexChannel channel = done.getNow();
            if (state == State.OVER) {
                channel.close();
                return;
            }
            legs.add(new Leg(this, wanted, channel));
            channel.config().setAutoRead(client.isWritable());
        } else if (needed && wanted == Side.APP && request.filter().orElseThrow().fallback()) {
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
        if (legs.isActive(leg) && !answers.isIdle()) {
            answer(leg);
        } else if (leg.side() == Side.TARGET
                && !anyRequest
                && data.getByte(data.readerIndex()) != 'H') {
            // It speaks first.
            joinWith(Side.TARGET);
            process();
        } else {
            // Such as a 408 to nobody's request.
            legs.drop(leg);
        }
    }

    private void answer(Leg leg) {
        boolean inject = request.filter().map(HttpFilter::inject).orElse(false);
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
            replay.forget();
            if (state == State.UPGRADING) {
                state = State.READING;
            }
            if (!leg.unsaid.isEmpty()) {
                legs.drop(leg);
            }
        }
        process();
    }

    void legEnded(Leg leg) {
        boolean wasActive = legs.isActive(leg);
        if (wasActive && !answers.isIdle()) {
            if (answers.endsWithConnection()) {
                closeClient();
            } else {
                legLost(leg);
            }
            return;
        }
        boolean only = leg.side() == Side.TARGET && (wasActive || !anyRequest);
        legs.drop(leg);
        boolean waiting = state == State.DECIDED || state == State.JOINING;
        if (!waiting && (only || (wasActive && state == State.BODY))) {
            // Its connection is over, so the client's is, as it would be without us.
            closeClient();
        } else {
            process();
        }
    }

    void legLost(Leg leg) {
        if (!legs.isActive(leg) || answers.isIdle()) {
            legEnded(leg);
            return;
        }
        boolean untouched = answers.isWaitingForFirst() && state == State.READING;
        ByteBuf again = untouched ? replay.take() : null;
        if (again == null) {
            abort();
            return;
        }
        answers.forget();
        legs.drop(leg);
        held.putBack(again);
        forcedToTarget = true;
        process();
    }

    void flushClient() {
        client.flush();
    }

    void updateReading() {
        if (state == State.OVER) {
            return;
        }
        Leg leg = legs.active();
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
        Closing.inOrder(client, () -> clientEnded);
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
        request.stopWaiting();
        replay.forget();
        connections.remove(this);
        legs.close(abruptly);
    }
}
