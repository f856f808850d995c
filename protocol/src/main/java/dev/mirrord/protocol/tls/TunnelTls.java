package dev.mirrord.protocol.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/**
 * TLS contexts of the two ends of a tunnel: TLS 1.3 (RFC 8446) only, both sides authenticated by
 * pinned certificates.
 */
public final class TunnelTls {
    private static final String VERSION = "TLSv1.3";

    private TunnelTls() {}

    /** Loads the native library on a thread of its own: it is the longest part of a start. */
    public static void preload() {
        Thread.ofPlatform().daemon().name("tls-preload").start(TunnelTls::provider);
    }

    /** False where the JDK's TLS has to do. */
    public static boolean isNative() {
        return provider() == SslProvider.OPENSSL;
    }

    /** The agent's end: only the holder of the session's key gets in. */
    public static SslContext ofAgent(SessionIdentity own, Fingerprint session) throws SSLException {
        return SslContextBuilder.forServer(keyOf(own))
                .sslProvider(provider())
                .protocols(VERSION)
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(new PinnedTrust(session))
                .build();
    }

    /** The sidecar's end. */
    public static SslContext ofSidecar(SessionIdentity session, Fingerprint agent)
            throws SSLException {
        return ofSidecar(session, new PinnedTrust(agent));
    }

    /** The sidecar's end where the agent's certificate may become known later. */
    public static SslContext ofSidecar(SessionIdentity session, LatePin agent) throws SSLException {
        return ofSidecar(session, (X509TrustManager) agent);
    }

    private static SslContext ofSidecar(SessionIdentity session, X509TrustManager agent)
            throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(provider())
                .protocols(VERSION)
                .keyManager(keyOf(session))
                .trustManager(agent)
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    private static SingleKey keyOf(SessionIdentity identity) {
        return new SingleKey(identity.key(), List.of(identity.certificate()));
    }

    private static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }
}
