package dev.mirrord.agent.tls;

import dev.mirrord.agent.http.Closing;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.IDN;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A server's side of a connection after a handshake of ours. */
record Handshake(DuplexChannel channel, SslHandler tls) {
    private static final int MILLIS = 5_000;

    /**
     * Speaks TLS on a registered channel with auto-read off, which stays so; on failure the channel
     * is closed.
     *
     * @param serverName asked for (SNI)
     * @param checked the name that the server's certificate is to be of, if that is checked
     */
    static Future<Handshake> begin(
            DuplexChannel channel,
            SslContext context,
            Optional<String> serverName,
            Optional<String> checked) {
        SslHandler tls =
                checked.map(name -> context.newHandler(channel.alloc(), name, -1))
                        .orElseGet(() -> context.newHandler(channel.alloc()));
        SSLParameters parameters = tls.engine().getSSLParameters();
        parameters.setServerNames(
                serverName.flatMap(Handshake::name).map(List::of).orElse(List.of()));
        tls.engine().setSSLParameters(parameters);
        tls.setHandshakeTimeoutMillis(MILLIS);
        Promise<Handshake> done = channel.eventLoop().newPromise();
        tls.handshakeFuture()
                .addListener(
                        (Future<Channel> shaken) -> {
                            if (shaken.isSuccess()) {
                                done.setSuccess(new Handshake(channel, tls));
                            } else {
                                Closing.abort(channel);
                                done.setFailure(shaken.cause());
                            }
                        });
        channel.pipeline().addLast(tls, new TlsEnds());
        read(channel, tls);
        return done;
    }

    /** The first read; TLS itself reads on until the handshake is over. */
    static void read(DuplexChannel channel, SslHandler tls) {
        ChannelHandlerContext context = channel.pipeline().context(tls);
        if (context != null) {
            context.read();
        }
    }

    /** An address is no name (RFC 6066, section 3). */
    private static Optional<javax.net.ssl.SNIServerName> name(String text) {
        try {
            return Optional.of(new SNIHostName(IDN.toASCII(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What was agreed on by ALPN. */
    Optional<String> protocol() {
        return Optional.ofNullable(tls.applicationProtocol());
    }

    Optional<X509Certificate> certificate() {
        try {
            return Optional.of(
                    (X509Certificate) tls.engine().getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
