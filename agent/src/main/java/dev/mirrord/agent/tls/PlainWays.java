package dev.mirrord.agent.tls;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.OwnField;
import dev.mirrord.agent.http.Ways;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Optional;

/**
 * The ways of a connection without TLS to a port that has it: nobody has shown a certificate, and
 * nobody may say so.
 */
record PlainWays(Ways raw, PortTls port) implements Ways {
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
        return raw.toTarget();
    }

    @Override
    public Future<DuplexChannel> toApp() {
        return raw.toApp();
    }

    @Override
    public Optional<OwnField> ownField() {
        return port.header().map(name -> ClientCertificate.field(name, Optional.empty()));
    }
}
