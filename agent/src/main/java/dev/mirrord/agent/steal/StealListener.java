package dev.mirrord.agent.steal;

import dev.mirrord.agent.tls.TlsPorts;
import dev.mirrord.agent.tunnel.Tunnels;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Takes stolen connections on an ephemeral port of the target's addresses. It speaks nothing of
 * ours: who connects to that port itself is reset.
 */
final class StealListener extends ChannelInboundHandlerAdapter {
    private final Tunnels tunnels;
    private final StolenPorts ports;
    private final TlsPorts tls;
    private final EpollServerSocketChannel server;

    private StealListener(
            Tunnels tunnels, StolenPorts ports, TlsPorts tls, EpollServerSocketChannel server) {
        this.tunnels = tunnels;
        this.ports = ports;
        this.tls = tls;
        this.server = server;
    }

    /** Opens it in the network namespace of the calling thread, to be served by {@code loop}. */
    static StealListener open(Tunnels tunnels, StolenPorts ports, TlsPorts tls, EventLoop loop)
            throws InterruptedException {
        EpollServerSocketChannel server = new EpollServerSocketChannel();
        // Or TPROXY would pass it over.
        server.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
        StealListener listener = new StealListener(tunnels, ports, tls, server);
        server.pipeline().addLast(listener);
        loop.register(server).sync();
        server.bind(new InetSocketAddress(0)).sync();
        return listener;
    }

    int port() {
        return server.localAddress().getPort();
    }

    /** Connections that it has taken go on. */
    void close() {
        server.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        EpollSocketChannel client = (EpollSocketChannel) accepted;
        // Until the answer is complete, an end of this process has to look like a reset.
        client.config().setOption(ChannelOption.SO_LINGER, 0);
        client.config().setOption(ChannelOption.TCP_NODELAY, true);
        client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        client.config().setAutoRead(false);
        Optional<OriginalDestination> destination = OriginalDestination.of(client, port());
        if (destination.isEmpty()) {
            client.unsafe().closeForcibly();
            return;
        }
        EventLoop spare = context.channel().eventLoop();
        int port = destination.get().address().getPort();
        int place = ports.place(port);
        if (ports.isFiltered(port)) {
            StolenConnection.beginFiltered(
                    client,
                    destination.get(),
                    place,
                    tunnels,
                    spare,
                    () -> ports.filter(port),
                    tls.at(port),
                    ports.connections());
        } else {
            StolenConnection.begin(
                    client, destination.get(), place, tunnels, spare, ports.connections());
        }
    }
}
