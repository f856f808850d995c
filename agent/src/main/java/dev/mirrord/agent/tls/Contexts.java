package dev.mirrord.agent.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** TLS 1.2 and 1.3 by the JDK. */
final class Contexts {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private Contexts() {}

    /**
     * @param clients they are asked for a certificate, which must come from theirs; who has none is
     *     taken all the same
     */
    static SslContext server(
            Identity identity, Optional<String> protocol, Optional<Clients> clients)
            throws SSLException {
        SslContextBuilder builder =
                with(
                        SslContextBuilder.forServer(identity.key(), identity.chain()),
                        protocol.stream().toList());
        clients.ifPresent(
                asked -> builder.clientAuth(ClientAuth.OPTIONAL).trustManager(asked.trust()));
        return builder.build();
    }

    /**
     * @param protocols of ALPN; empty: it is not asked for
     * @param checkName the server's certificate must be of the name that was asked for
     */
    static SslContext client(
            TrustManager trust, KeyManager keys, List<String> protocols, boolean checkName)
            throws SSLException {
        return with(SslContextBuilder.forClient(), protocols)
                .trustManager(trust)
                .keyManager(keys)
                .endpointIdentificationAlgorithm(checkName ? "HTTPS" : null)
                .build();
    }

    private static SslContextBuilder with(SslContextBuilder builder, List<String> protocols) {
        builder.sslProvider(SslProvider.JDK).protocols(VERSIONS);
        if (!protocols.isEmpty()) {
            builder.applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            protocols));
        }
        return builder;
    }
}
