package dev.mirrord.agent.steal;

import dev.mirrord.agent.outgoing.ConnectErrno;
import dev.mirrord.agent.passing.Passing;
import dev.mirrord.linux.Errno;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;

/**
 * Connects to the target after all: with the client's address as source (the port may differ), or,
 * where that is not possible, with the target's own.
 */
final class PassThrough {
    private static final int TRANSPARENT_TIMEOUT_MILLIS = 2_000;

    private final EventLoop loop;
    private final InetSocketAddress peer;
    private final OriginalDestination destination;
    private final int place;
    private final Promise<DuplexChannel> connected;

    private PassThrough(
            EventLoop loop, InetSocketAddress peer, OriginalDestination destination, int place) {
        this.loop = loop;
        this.peer = peer;
        this.destination = destination;
        this.place = place;
        this.connected = loop.newPromise();
    }

    /**
     * A connection whose channel does not read yet; must be called on {@code loop}.
     *
     * @param place in the row of those who take from this port: the next one gets it, or the target
     */
    static Future<DuplexChannel> connect(
            EventLoop loop, InetSocketAddress peer, OriginalDestination destination, int place) {
        PassThrough connecting = new PassThrough(loop, peer, destination, place);
        connecting.connectAsClient(SourcePorts.ATTEMPTS);
        return connecting.connected;
    }

    /**
     * @param attempts with a port of our choice
     */
    private void connectAsClient(int attempts) {
        InetSocketAddress source =
                attempts == 0
                        ? new InetSocketAddress(peer.getAddress(), 0)
                        : SourcePorts.ofThread().source(peer.getAddress(), destination.address());
        socket().option(EpollChannelOption.IP_TRANSPARENT, true)
                .option(ChannelOption.SO_REUSEADDR, attempts > 0)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TRANSPARENT_TIMEOUT_MILLIS)
                .connect(destination.address(), source)
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                connected.setSuccess((EpollSocketChannel) done.channel());
                                return;
                            }
                            switch (ConnectErrno.of(done.cause())) {
                                case Errno.ECONNREFUSED -> connected.setFailure(done.cause());
                                case Errno.EADDRINUSE, Errno.EADDRNOTAVAIL -> {
                                    if (attempts > 0) {
                                        connectAsClient(attempts - 1);
                                    } else {
                                        connectAsTarget();
                                    }
                                }
                                default -> connectAsTarget();
                            }
                        });
    }

    private void connectAsTarget() {
        socket().connect(destination.address())
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                connected.setSuccess((EpollSocketChannel) done.channel());
                            } else {
                                connected.setFailure(done.cause());
                            }
                        });
    }

    private Bootstrap socket() {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .handler(new ChannelInboundHandlerAdapter());
        return Passing.mark(bootstrap, destination.address().getAddress(), place);
    }
}
