package dev.mirrord.agent.tunnel;

import dev.mirrord.agent.AgentFailure;
import dev.mirrord.agent.AgentLog;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Takes tunnels on a port of the agent's own loopback; only the session's key gets in. */
public final class TunnelServer {
    private final TargetLoops loops;
    private final TunnelListener tunnels;
    private final OpenListener streams;
    private final CompletableFuture<SessionIdentity> own;
    private final Fingerprint session;
    private @Nullable SslContext tls;

    public TunnelServer(
            TargetLoops loops,
            TunnelListener tunnels,
            OpenListener streams,
            CompletableFuture<SessionIdentity> own,
            Fingerprint session) {
        this.loops = loops;
        this.tunnels = tunnels;
        this.streams = streams;
        this.own = own;
        this.session = session;
    }

    /**
     * Opens the port, in the namespace of the calling thread, and returns it. Connections wait in
     * the kernel's queue until {@link #prepare} or the first of them has made the rest.
     *
     * @param port 0 lets the kernel choose
     */
    public int listen(int port) throws AgentFailure, InterruptedException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(EpollServerSocketChannel.class)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel)
                                            throws SSLException, ErrnoException {
                                        welcome(channel);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), port)
                        .await();
        if (!bound.isSuccess()) {
            throw new AgentFailure(
                    "cannot listen on 127.0.0.1:%d: %s".formatted(port, bound.cause().getMessage()),
                    bound.cause());
        }
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Does ahead of the first connection what it would have to wait for. */
    public void prepare() throws SSLException {
        tls();
    }

    private void welcome(Channel channel) throws SSLException, ErrnoException {
        try {
            loops.enter();
        } catch (ErrnoException e) {
            AgentLog.warn("cannot enter the target's network namespace", "why", e.getMessage());
            throw e;
        }
        channel.pipeline().addLast(tls().newHandler(channel.alloc()));
        Tunnel.ofAgent(tunnels, streams).install(channel.pipeline());
    }

    private synchronized SslContext tls() throws SSLException {
        SslContext made = tls;
        if (made == null) {
            made = TunnelTls.ofAgent(own.join(), session);
            tls = made;
        }
        return made;
    }
}
