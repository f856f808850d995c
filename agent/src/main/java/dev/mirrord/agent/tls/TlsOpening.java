package dev.mirrord.agent.tls;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.ChannelPair;
import dev.mirrord.agent.http.Closing;
import dev.mirrord.agent.http.Connections;
import dev.mirrord.agent.http.HttpConnection;
import dev.mirrord.agent.http.Ways;
import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a port with TLS, until it is known what it is.
 *
 * <pre>
 *   HELLO --whole ClientHello--&gt; TARGET --its handshake fits--&gt; CLIENT --handshake--&gt; HttpConnection
 *     |  '--TLS that is not for us--&gt; RAW <--it does not------'    |
 *     '--no TLS, silence--&gt; HttpConnection    RAW <--we refuse-----'
 * </pre>
 *
 * RAW: a new connection to the target, the same bytes. What the client said is kept until we
 * answered it.
 */
public final class TlsOpening extends ChannelInboundHandlerAdapter {
    private static final int LONGEST_HELLO = 80 * 1024;

    private final DuplexChannel client;
    private final Ways ways;
    private final PortTls port;
    private final Connections connections;
    private final Optional<Clients> clients;
    private final TargetTls targets;
    private final ByteBuf said;
    private @Nullable ScheduledFuture<?> patience;
    private boolean undecided = true;
    private boolean ended;
    private boolean forgotten;

    private TlsOpening(DuplexChannel client, Ways ways, PortTls port, Connections connections) {
        this.client = client;
        this.ways = ways;
        this.port = port;
        this.connections = connections;
        this.clients = port.clients();
        this.targets = new TargetTls(clients.map(Clients::shown));
        this.said = client.alloc().buffer();
    }

    /** Takes over a channel that is not registered yet; must be called on {@code ways.loop()}. */
    public static void begin(
            DuplexChannel client, Ways ways, PortTls port, Connections connections) {
        TlsOpening opening = new TlsOpening(client, ways, port, connections);
        client.pipeline().addLast(opening);
        ways.loop().register(client).addListener(done -> opening.await());
    }

    private void await() {
        int millis = ways.filter().map(HttpFilter::detectMillis).orElse(0);
        patience = ways.loop().schedule(this::silent, millis, TimeUnit.MILLISECONDS);
        client.config().setAutoRead(true);
    }

    private void silent() {
        if (undecided) {
            decided();
            if (said.isReadable()) {
                raw();
            } else {
                plain();
            }
        }
    }

    private void decided() {
        undecided = false;
        client.config().setAutoRead(false);
        if (patience != null) {
            patience.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        said.writeBytes((ByteBuf) data);
        ((ByteBuf) data).release();
        if (!undecided) {
            return;
        }
        switch (ClientHello.read(said)) {
            case ClientHello.Reading.Incomplete _ -> {
                if (said.readableBytes() > LONGEST_HELLO) {
                    decided();
                    raw();
                }
            }
            case ClientHello.Reading.Foreign _ -> {
                decided();
                plain();
            }
            case ClientHello.Reading.Special _ -> {
                decided();
                raw();
            }
            case ClientHello.Reading.Complete(ClientHello hello) -> {
                decided();
                ask(hello);
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event) && !ended) {
            ended = true;
            if (undecided) {
                decided();
                plain();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        decided();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (!client.isActive()) {
            forget();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        Closing.abort(client);
    }

    private void forget() {
        if (!forgotten) {
            forgotten = true;
            said.release();
        }
    }

    /** The target is asked for what the client wants. */
    private void ask(ClientHello hello) {
        Optional<List<String>> protocols = port.protocols(hello);
        if (protocols.isEmpty()) {
            raw();
            return;
        }
        targets.connect(ways, hello.serverName(), protocols.get())
                .addListener(
                        (Future<Handshake> done) -> {
                            if (done.isSuccess()) {
                                answered(hello, done.getNow());
                            } else {
                                raw();
                            }
                        });
    }

    private void answered(ClientHello hello, Handshake target) {
        if (targets.asksForClient() && clients.isEmpty()) {
            port.notice(
                    "the target asks for client certificates: its TLS connections stay its own,"
                            + " since nobody else can show a client's; \"clients\" in"
                            + " feature.network.incoming.tls says what to show instead");
            rawInsteadOf(target);
            return;
        }
        target.certificate()
                .ifPresentOrElse(
                        shown ->
                                port.identityOf(shown)
                                        .thenAcceptAsync(
                                                found ->
                                                        found.ifPresentOrElse(
                                                                own -> answer(hello, target, own),
                                                                () -> unknown(target)),
                                                ways.loop()),
                        () -> rawInsteadOf(target));
    }

    private void unknown(Handshake target) {
        String subject =
                target.certificate()
                        .map(shown -> shown.getSubjectX500Principal().getName())
                        .orElse("?");
        port.notice(
                "the target shows another certificate (%s) than feature.network.incoming.tls names:"
                                .formatted(subject)
                        + " TLS connections with it stay the target's");
        rawInsteadOf(target);
    }

    private void answer(ClientHello hello, Handshake target, Identity identity) {
        if (!client.isActive()) {
            target.channel().close();
            return;
        }
        SslHandler tls;
        try {
            Optional<Clients> asked = targets.asksForClient() ? clients : Optional.empty();
            tls = port.server(identity, target.protocol(), asked).newHandler(client.alloc());
        } catch (SSLException e) {
            rawInsteadOf(target);
            return;
        }
        TlsEnds ends = new TlsEnds();
        FirstFlight flight = new FirstFlight(() -> refused(target));
        tls.handshakeFuture()
                .addListener((Future<Channel> done) -> shaken(hello, target, flight, done));
        ByteBuf hellos = said.retainedDuplicate();
        client.pipeline().remove(this);
        client.pipeline().addLast(flight, tls, ends);
        client.pipeline().fireChannelRead(hellos).fireChannelReadComplete();
        if (ended) {
            client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        Handshake.read(client, tls);
    }

    private void shaken(
            ClientHello hello, Handshake target, FirstFlight flight, Future<Channel> done) {
        if (done.isSuccess()) {
            forget();
            client.pipeline().remove(flight);
            HttpConnection.adopt(client, decrypted(hello, target), connections);
        } else if (flight.hasBegun() || !client.isActive()) {
            forget();
            target.channel().close();
            Closing.abort(client);
        }
    }

    /** Who shows no certificate to us has none at the target either. */
    private TlsWays decrypted(ClientHello hello, Handshake target) {
        Optional<ClientCertificate> shown =
                ClientCertificate.of(client.pipeline().get(SslHandler.class).engine().getSession());
        boolean nobody = targets.asksForClient() && shown.isEmpty();
        if (nobody) {
            target.channel().close();
        }
        return new TlsWays(
                ways,
                port,
                nobody ? new TargetTls(Optional.empty()) : targets,
                hello.serverName(),
                target.protocol(),
                shown,
                nobody ? null : target.channel());
    }

    /** Our TLS cannot answer this client, and has not. */
    private void refused(Handshake target) {
        if (!client.isActive()) {
            forget();
            target.channel().close();
            return;
        }
        client.pipeline().remove(FirstFlight.class);
        client.pipeline().remove(TlsEnds.class);
        client.pipeline().remove(SslHandler.class);
        rawInsteadOf(target);
    }

    private void rawInsteadOf(Handshake target) {
        target.channel().close();
        raw();
    }

    /** What is no TLS may be HTTP. */
    private void plain() {
        if (leave()) {
            HttpConnection.adopt(client, new PlainWays(ways, port), connections);
            replay();
        }
    }

    private void raw() {
        ways.toTarget()
                .addListener(
                        (Future<DuplexChannel> done) -> {
                            if (!done.isSuccess()) {
                                Closing.abort(client);
                                return;
                            }
                            if (!leave()) {
                                done.getNow().close();
                                return;
                            }
                            ChannelPair.join(client, done.getNow());
                            replay();
                        });
    }

    /** False when the client has gone. */
    private boolean leave() {
        boolean there = client.isActive();
        boolean handles = client.pipeline().context(this) != null;
        if (there && handles) {
            client.pipeline().remove(this);
        } else if (!there && !handles) {
            forget();
        }
        return there;
    }

    private void replay() {
        if (said.isReadable()) {
            forgotten = true;
            client.pipeline().fireChannelRead(said).fireChannelReadComplete();
        } else {
            forget();
        }
        if (ended) {
            client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}
