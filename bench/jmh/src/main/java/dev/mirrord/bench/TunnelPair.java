package dev.mirrord.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Both ends of a tunnel over TLS on loopback, an event loop each. */
final class TunnelPair implements AutoCloseable {
    private static final OpenListener NOTHING_OPENS =
            (stream, kind, payload) -> {
                throw new IllegalStateException("only the sidecar's side opens streams here");
            };

    final Tunnel sidecar;
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    TunnelPair(OpenListener agentOpens) throws Exception {
        SessionIdentity session = SessionIdentity.generate("session");
        SessionIdentity agent = SessionIdentity.generate("agent");
        SslContext agentTls = TunnelTls.ofAgent(agent, session.fingerprint());
        SslContext sidecarTls = TunnelTls.ofSidecar(session, agent.fingerprint());
        Ready sidecarReady = new Ready();
        Ready agentReady = new Ready();
        Channel server =
                new ServerBootstrap()
                        .group(loops)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(end(agentTls, () -> Tunnel.ofAgent(agentReady, agentOpens)))
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        sidecar = Tunnel.ofSidecar(sidecarReady, NOTHING_OPENS);
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(end(sidecarTls, () -> sidecar))
                .connect(server.localAddress())
                .sync();
        sidecarReady.happened.get(10, TimeUnit.SECONDS);
        agentReady.happened.get(10, TimeUnit.SECONDS);
    }

    private static ChannelInitializer<Channel> end(
            SslContext tls, java.util.function.Supplier<Tunnel> tunnel) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                tunnel.get().install(channel.pipeline());
            }
        };
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Ready implements TunnelListener {
        final CompletableFuture<Boolean> happened = new CompletableFuture<>();

        @Override
        public void onReady(Tunnel tunnel, JsonNode hello) {
            happened.complete(true);
        }

        @Override
        public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
            happened.complete(false);
        }
    }
}
