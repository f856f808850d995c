package dev.mirrord.agent.steal;

import dev.mirrord.agent.outgoing.ConnectErrno;
import dev.mirrord.linux.Errno;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;

/**
 * Connects a stolen connection to the target after all: with the client's address as source (the
 * port may differ), or, where that is not possible, with the target's own.
 */
final class PassThrough {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);
    private static final int TRANSPARENT_TIMEOUT_MILLIS = 2_000;

    private final EventLoop loop;
    private final EpollSocketChannel client;
    private final InetSocketAddress peer;
    private final OriginalDestination destination;

    private PassThrough(
            EventLoop loop,
            EpollSocketChannel client,
            InetSocketAddress peer,
            OriginalDestination destination) {
        this.loop = loop;
        this.client = client;
        this.peer = peer;
        this.destination = destination;
    }

    /** Must be called on {@code loop}, where {@code client} will be registered. */
    static void begin(
            EventLoop loop,
            EpollSocketChannel client,
            InetSocketAddress peer,
            OriginalDestination destination) {
        new PassThrough(loop, client, peer, destination).connectAsClient();
    }

    private void connectAsClient() {
        socket().option(EpollChannelOption.IP_TRANSPARENT, true)
                .option(MARK, NftScript.MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TRANSPARENT_TIMEOUT_MILLIS)
                .connect(destination.address(), new InetSocketAddress(peer.getAddress(), 0))
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                join(done);
                            } else if (ConnectErrno.of(done.cause()) == Errno.ECONNREFUSED) {
                                client.unsafe().closeForcibly();
                            } else {
                                connectAsTarget();
                            }
                        });
    }

    private void connectAsTarget() {
        socket().connect(destination.address())
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                join(done);
                            } else {
                                client.unsafe().closeForcibly();
                            }
                        });
    }

    private Bootstrap socket() {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter());
    }

    private void join(ChannelFuture connected) {
        EpollSocketChannel target = (EpollSocketChannel) connected.channel();
        loop.register(client).addListener(done -> ChannelPair.join(client, target));
    }
}
