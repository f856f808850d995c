package dev.mirrord.agent.tls;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.OwnField;
import dev.mirrord.agent.http.Ways;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The ways of a connection whose TLS ends here: at the target in TLS again, to the app as asked
 * for.
 */
final class TlsWays implements Ways {
    private final Ways raw;
    private final PortTls port;
    private final TargetTls target;
    private final Optional<String> serverName;
    private final Optional<String> protocol;
    private final Optional<ClientCertificate> client;
    private @Nullable DuplexChannel first;

    /**
     * @param client what it has shown
     * @param first a connection to the target that is there already, if it may be used
     */
    TlsWays(
            Ways raw,
            PortTls port,
            TargetTls target,
            Optional<String> serverName,
            Optional<String> protocol,
            Optional<ClientCertificate> client,
            @Nullable DuplexChannel first) {
        this.raw = raw;
        this.port = port;
        this.target = target;
        this.serverName = serverName;
        this.protocol = protocol;
        this.client = client;
        this.first = first;
    }

    @Override
    public EventLoop loop() {
        return raw.loop();
    }

    @Override
    public Optional<HttpFilter> filter() {
        return raw.filter();
    }

    @Override
    public Future<DuplexChannel> toTarget() {
        Promise<DuplexChannel> connected = loop().newPromise();
        DuplexChannel open = first;
        first = null;
        if (open != null && open.isActive()) {
            return connected.setSuccess(open);
        }
        target.connect(raw, serverName, protocol.stream().toList())
                .addListener(
                        (Future<Handshake> done) -> {
                            if (!done.isSuccess()) {
                                connected.setFailure(done.cause());
                                return;
                            }
                            DuplexChannel channel = done.getNow().channel();
                            if (done.getNow().protocol().equals(protocol)) {
                                checkThenTake(done.getNow(), connected);
                            } else {
                                channel.close();
                                connected.setFailure(
                                        new SSLException("the target changed its protocol"));
                            }
                        });
        return connected;
    }

    private void checkThenTake(Handshake shaken, Promise<DuplexChannel> connected) {
        shaken.certificate()
                .map(port::identityOf)
                .orElseGet(
                        () ->
                                java.util.concurrent.CompletableFuture.completedFuture(
                                        Optional.empty()))
                .thenAcceptAsync(
                        found -> {
                            if (found.isPresent()) {
                                connected.setSuccess(shaken.channel());
                            } else {
                                shaken.channel().close();
                                connected.setFailure(
                                        new SSLException("this is not the target's certificate"));
                            }
                        },
                        loop());
    }

    @Override
    public Future<DuplexChannel> toApp() {
        Promise<DuplexChannel> connected = loop().newPromise();
        raw.toApp()
                .addListener(
                        (Future<DuplexChannel> done) -> {
                            if (!done.isSuccess()) {
                                connected.setFailure(done.cause());
                                return;
                            }
                            port.toApp()
                                    .deliver(done.getNow(), serverName, protocol, shownToApp())
                                    .addListener(
                                            (Future<DuplexChannel> delivered) ->
                                                    delivered(delivered, connected));
                        });
        return connected;
    }

    @Override
    public Optional<OwnField> ownField() {
        return port.header().map(name -> ClientCertificate.field(name, client));
    }

    /** As at the target: who has shown nothing is nobody there either. */
    private Optional<Identity> shownToApp() {
        return client.flatMap(_ -> port.clients()).map(Clients::shown);
    }

    private void delivered(Future<DuplexChannel> delivered, Promise<DuplexChannel> connected) {
        if (delivered.isSuccess()) {
            connected.setSuccess(delivered.getNow());
            return;
        }
        port.notice(
                "the app takes the connection but not TLS (%s): with"
                                .formatted(delivered.cause().getMessage())
                        + " feature.network.incoming.tls_delivery.protocol \"tcp\" it gets plain"
                        + " HTTP");
        connected.setFailure(delivered.cause());
    }
}
