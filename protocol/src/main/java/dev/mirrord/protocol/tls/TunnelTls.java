package dev.mirrord.protocol.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/**
 * TLS contexts of the two ends of a tunnel: TLS 1.3 (RFC 8446) only, both sides authenticated by
 * pinned certificates.
 */
public final class TunnelTls {
    private static final String VERSION = "TLSv1.3";

    private TunnelTls() {}

    /** The agent's end: only the holder of the session's key gets in. */
    public static SslContext ofAgent(SessionIdentity own, Fingerprint session) throws SSLException {
        return SslContextBuilder.forServer(own.key(), own.certificate())
                .sslProvider(provider())
                .protocols(VERSION)
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(new PinnedTrust(session))
                .build();
    }

    /** The sidecar's end. */
    public static SslContext ofSidecar(SessionIdentity session, Fingerprint agent)
            throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(provider())
                .protocols(VERSION)
                .keyManager(session.key(), session.certificate())
                .trustManager(new PinnedTrust(agent))
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    private static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }
}
