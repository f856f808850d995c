package dev.mirrord.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.SteadyEpoll;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback. */
class SteadyEpollIT {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
    private final EventLoop loop = group.next();

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private EpollSocketChannel connect(ServerSocket server, ChannelInboundHandlerAdapter handler) {
        Channel channel =
                new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .handler(handler)
                        .connect(server.getLocalSocketAddress())
                        .channel();
        return (EpollSocketChannel) channel;
    }

    /** The second one's end waits in the same batch in which the first one's event replaces it. */
    @Test
    void theEndOfASocketIsNotThatOfTheNextOneWithItsNumber() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            EpollSocketChannel[] second = new EpollSocketChannel[1];
            CompletableFuture<Boolean> sameNumber = new CompletableFuture<>();
            CompletableFuture<String> heard = new CompletableFuture<>();
            connect(
                    server,
                    new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext context, Object data) {
                            ((ByteBuf) data).release();
                            int number = second[0].fd().intValue();
                            second[0].unsafe().closeForcibly();
                            EpollSocketChannel third = connect(server, new Hearing(heard));
                            sameNumber.complete(third.fd().intValue() == number);
                        }
                    });
            Socket firstPeer = server.accept();
            second[0] = connect(server, new ChannelInboundHandlerAdapter());
            Socket secondPeer = server.accept();
            CountDownLatch ready = new CountDownLatch(1);
            loop.execute(() -> awaitUninterruptibly(ready));
            firstPeer.getOutputStream().write(1);
            secondPeer.close();
            ready.countDown();
            try (firstPeer;
                    Socket thirdPeer = server.accept()) {
                assertThat(sameNumber.get(10, TimeUnit.SECONDS)).isTrue();
                thirdPeer.getOutputStream().write("hello".getBytes(US_ASCII));
                assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Hearing extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<String> heard;

        Hearing(CompletableFuture<String> heard) {
            this.heard = heard;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            heard.complete(((ByteBuf) data).toString(US_ASCII));
            ((ByteBuf) data).release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            heard.complete("its input is over: " + event);
        }
    }
}
