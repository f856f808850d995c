package dev.mirrord.agent.tls;

import dev.mirrord.agent.tls.TlsSettings.Delivery;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** How the app gets what was decrypted: as plain bytes, or in TLS again. */
final class ToApp {
    private static final String NOBODY = "localhost";

    private final Delivery delivery;
    private final TrustManager trust;
    private final Optional<X509Certificate> pinned;

    private ToApp(Delivery delivery, TrustManager trust, Optional<X509Certificate> pinned) {
        this.delivery = delivery;
        this.trust = trust;
        this.pinned = pinned;
    }

    static ToApp of(Delivery delivery) throws UnusableTls {
        return switch (delivery) {
            case Delivery.Plain _ -> new ToApp(delivery, new AnyCertificate(), Optional.empty());
            case Delivery.Encrypted(var roots, var _, var certificate) ->
                    new ToApp(
                            delivery,
                            roots.isPresent() ? trusting(roots.get()) : new AnyCertificate(),
                            certificate.isPresent()
                                    ? Optional.of(
                                            certificates(
                                                            certificate.get(),
                                                            "tls_delivery.server_cert")
                                                    .getFirst())
                                    : Optional.empty());
        };
    }

    private static TrustManager trusting(String roots) throws UnusableTls {
        String name = "tls_delivery.trust_roots";
        return Clients.trusting(certificates(roots, name), name);
    }

    private static List<X509Certificate> certificates(String pem, String name) throws UnusableTls {
        return Identity.certificates(pem.getBytes(StandardCharsets.US_ASCII), name);
    }

    /**
     * @param asked the name that the client asked the target for
     * @param protocol what was agreed on with it
     * @param shown to an app that asks who its client is
     */
    Future<DuplexChannel> deliver(
            DuplexChannel app,
            Optional<String> asked,
            Optional<String> protocol,
            Optional<Identity> shown) {
        Promise<DuplexChannel> ready = app.eventLoop().newPromise();
        if (!(delivery instanceof Delivery.Encrypted encrypted)) {
            return ready.setSuccess(app);
        }
        Optional<String> name = encrypted.serverName().or(() -> asked);
        boolean check = encrypted.roots().isPresent();
        try {
            Handshake.begin(
                            app,
                            Contexts.client(
                                    trust, new ClientKey(shown), protocol.stream().toList(), check),
                            name,
                            check ? name.or(() -> Optional.of(NOBODY)) : Optional.empty())
                    .addListener(
                            (Future<Handshake> done) -> {
                                if (!done.isSuccess()) {
                                    ready.setFailure(done.cause());
                                } else if (!isExpected(done.getNow())) {
                                    app.close();
                                    ready.setFailure(
                                            new SSLException(
                                                    "its certificate is not"
                                                            + " tls_delivery.server_cert"));
                                } else if (!done.getNow().protocol().equals(protocol)) {
                                    app.close();
                                    ready.setFailure(
                                            new SSLException(
                                                    "it does not speak "
                                                            + protocol.orElse("without ALPN")));
                                } else {
                                    ready.setSuccess(app);
                                }
                            });
        } catch (SSLException e) {
            app.close();
            ready.setFailure(e);
        }
        return ready;
    }

    private boolean isExpected(Handshake handshake) {
        return pinned.isEmpty() || handshake.certificate().equals(pinned);
    }
}
