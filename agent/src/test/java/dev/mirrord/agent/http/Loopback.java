package dev.mirrord.agent.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Servers of a test, on this machine. */
public final class Loopback {
    private Loopback() {}

    /** A connection as {@link Ways} promises it: it does not read yet. */
    public static Future<DuplexChannel> connect(EventLoop loop, int port) {
        Promise<DuplexChannel> connected = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(InetAddress.getLoopbackAddress(), port)
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                connected.setSuccess((EpollSocketChannel) done.channel());
                            } else {
                                connected.setFailure(done.cause());
                            }
                        });
        return connected;
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
