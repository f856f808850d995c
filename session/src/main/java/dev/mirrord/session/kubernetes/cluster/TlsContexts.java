package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.protocol.tls.SingleKey;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.Identity.ClientCertificate;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's TLS with the kubeconfig's trust; rebuilt only when the client's certificate changes.
 */
final class TlsContexts {

    private static final SslProvider PROVIDER =
            OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    private final Endpoint endpoint;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SslContext context;
    private @Nullable ClientCertificate certificate;

    TlsContexts(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Makes sure that this class, and with it the provider, is loaded. */
    static SslProvider load() {
        return PROVIDER;
    }

    SslContext of(Identity identity) {
        lock.lock();
        try {
            SslContext known = context;
            if (known == null || !Objects.equals(certificate, identity.certificate())) {
                known = build(identity.certificate());
                certificate = identity.certificate();
                context = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** For a proxy: the same trust, but the client's certificate is not the proxy's to see. */
    SslContext ofProxy() {
        return build(null);
    }

    private SslContext build(@Nullable ClientCertificate client) {
        SslContextBuilder builder =
                SslContextBuilder.forClient().sslProvider(PROVIDER).protocols("TLSv1.3", "TLSv1.2");
        String part = "certificate-authority";
        try {
            String authorities = endpoint.authorities();
            if (endpoint.insecure()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null);
            } else if (authorities != null) {
                builder.trustManager(Pem.certificates(authorities).toArray(X509Certificate[]::new));
            }
            if (client != null) {
                part = "client certificate or key";
                builder.keyManager(
                        new SingleKey(
                                Pem.privateKey(client.key()), Pem.certificates(client.chain())));
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException failure) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "the kubeconfig's " + part + " cannot be used",
                    String.valueOf(failure.getMessage()),
                    "repair the kubeconfig or log in again",
                    failure);
        }
    }
}
