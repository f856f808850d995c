package dev.mirrord.agent.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A connected datagram socket to one name server, made when the first query goes there. */
final class DnsUpstream {
    private static final int LARGEST_ANSWER = 65_535;

    private final DnsStream stream;
    private final InetSocketAddress server;
    private @Nullable ChannelFuture connecting;

    DnsUpstream(DnsStream stream, InetSocketAddress server) {
        this.stream = stream;
        this.server = server;
    }

    InetSocketAddress server() {
        return server;
    }

    void ask(byte[] message) {
        ChannelFuture socket = connecting;
        if (socket == null || (socket.isDone() && !socket.channel().isActive())) {
            socket = connect();
            connecting = socket;
        }
        socket.addListener(
                (ChannelFuture done) -> {
                    if (done.isSuccess()) {
                        done.channel().writeAndFlush(Unpooled.wrappedBuffer(message.clone()));
                    } else {
                        stream.refused(this);
                    }
                });
    }

    private ChannelFuture connect() {
        SocketProtocolFamily family =
                server.getAddress() instanceof Inet4Address
                        ? SocketProtocolFamily.INET
                        : SocketProtocolFamily.INET6;
        return new Bootstrap()
                .group(stream.stream().eventLoop())
                .channelFactory(() -> new EpollDatagramChannel(family))
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(LARGEST_ANSWER))
                .handler(new Answers())
                .connect(server);
    }

    void close() {
        if (connecting != null) {
            connecting.channel().close();
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            stream.answered(DnsUpstream.this, packet.content());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            stream.refused(DnsUpstream.this);
        }
    }
}
