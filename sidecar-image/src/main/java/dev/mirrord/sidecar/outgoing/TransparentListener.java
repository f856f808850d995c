package dev.mirrord.sidecar.outgoing;

import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.SidecarFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * A listening socket to which TPROXY hands connections for foreign addresses. Accepted channels are
 * handed on unregistered: their event loop is decided by whoever takes them.
 */
final class TransparentListener {
    private static final int BACKLOG = 4096;

    private TransparentListener() {}

    static InetSocketAddress open(
            InetAddress address, int port, Consumer<EpollSocketChannel> accepted) {
        EpollServerSocketChannel server = new EpollServerSocketChannel();
        server.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
        server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        server.pipeline()
                .addLast(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object child) {
                                EpollSocketChannel channel = (EpollSocketChannel) child;
                                prepare(channel);
                                accepted.accept(channel);
                            }
                        });
        await(EventLoops.next().register(server), address);
        await(server.bind(new InetSocketAddress(address, port)), address);
        return server.localAddress();
    }

    private static void await(ChannelFuture step, InetAddress address) {
        Throwable cause = step.awaitUninterruptibly().cause();
        if (cause != null) {
            throw new SidecarFailure(
                    "the sidecar cannot open a transparent socket on %s: %s"
                            .formatted(address.getHostAddress(), cause.getMessage()),
                    cause);
        }
    }

    private static void prepare(EpollSocketChannel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setAutoRead(false);
    }

    /** Ends a connection that nobody wants, by a reset. */
    static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.unsafe().closeForcibly();
    }
}
