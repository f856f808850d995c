package dev.mirrord.agent.tls;

import dev.mirrord.agent.http.Ways;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Connections to the target in TLS; whose certificate it shows is looked at afterwards. */
final class TargetTls {
    private final ClientKey key;

    /**
     * @param shown to a target that asks who its client is
     */
    TargetTls(Optional<Identity> shown) {
        this.key = new ClientKey(shown);
    }

    /** Fails when there is no connection, or the target does not speak TLS with us. */
    Future<Handshake> connect(Ways ways, Optional<String> serverName, List<String> protocols) {
        Promise<Handshake> shaken = ways.loop().newPromise();
        ways.toTarget()
                .addListener(
                        (Future<DuplexChannel> done) -> {
                            if (!done.isSuccess()) {
                                shaken.setFailure(done.cause());
                                return;
                            }
                            begin(done.getNow(), serverName, protocols, shaken);
                        });
        return shaken;
    }

    private void begin(
            DuplexChannel channel,
            Optional<String> serverName,
            List<String> protocols,
            Promise<Handshake> shaken) {
        try {
            Handshake.begin(
                            channel,
                            Contexts.client(new AnyCertificate(), key, protocols, false),
                            serverName,
                            Optional.empty())
                    .addListener(
                            (Future<Handshake> done) -> {
                                if (done.isSuccess()) {
                                    shaken.setSuccess(done.getNow());
                                } else {
                                    shaken.setFailure(done.cause());
                                }
                            });
        } catch (SSLException e) {
            channel.close();
            shaken.setFailure(e);
        }
    }

    /** The target would like to know who the client is. */
    boolean asksForClient() {
        return key.wasAsked();
    }
}
