package dev.mirrord.protocol.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
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
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Two ends of a real tunnel over TLS on loopback. */
final class TestingTunnelPair implements AutoCloseable {
    final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    final Recorder sidecarLife = new Recorder();
    final Recorder agentLife = new Recorder();
    final Tunnel sidecar;
    private final CompletableFuture<Tunnel> agentTunnel = new CompletableFuture<>();
    private final Channel server;

    TestingTunnelPair(OpenListener agentOpens, OpenListener sidecarOpens) throws Exception {
        this(SessionIdentity.generate("session"), null, agentOpens, sidecarOpens);
    }

    TestingTunnelPair(
            SessionIdentity session,
            @Nullable Fingerprint agentExpects,
            OpenListener agentOpens,
            OpenListener sidecarOpens)
            throws Exception {
        SessionIdentity agent = SessionIdentity.generate("agent");
        SslContext agentTls =
                TunnelTls.ofAgent(
                        agent, agentExpects == null ? session.fingerprint() : agentExpects);
        SslContext sidecarTls = TunnelTls.ofSidecar(session, agent.fingerprint());
        server =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(agentTls.newHandler(channel.alloc()));
                                        Tunnel tunnel = Tunnel.ofAgent(agentLife, agentOpens);
                                        tunnel.install(channel.pipeline());
                                        agentTunnel.complete(tunnel);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        sidecar = Tunnel.ofSidecar(sidecarLife, sidecarOpens);
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(sidecarTls.newHandler(channel.alloc()));
                                sidecar.install(channel.pipeline());
                            }
                        })
                .connect((InetSocketAddress) server.localAddress())
                .sync();
    }

    /** Waits until both sides are ready. */
    TestingTunnelPair ready() throws Exception {
        sidecarLife.ready.get(10, TimeUnit.SECONDS);
        agentLife.ready.get(10, TimeUnit.SECONDS);
        return this;
    }

    Tunnel agent() throws Exception {
        return agentTunnel.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Remembers what became of a tunnel. */
    static final class Recorder implements TunnelListener {
        final CompletableFuture<JsonNode> ready = new CompletableFuture<>();
        final AtomicInteger hellos = new AtomicInteger();
        final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public void onReady(Tunnel tunnel, JsonNode hello) {
            hellos.incrementAndGet();
            ready.complete(hello);
        }

        @Override
        public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
            closed.complete(String.valueOf(cause));
        }
    }
}
