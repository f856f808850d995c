package dev.mirrord.sidecar.dns;

import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.capture.Marks;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks ordinary nameservers over UDP, by packets that are never captured: the engine's own, or
 * those that the user named. The first answer counts.
 */
public final class PlainResolver implements Resolver {
    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", 1, 36);

    private final List<InetSocketAddress> servers;
    private final WaitingQueries waiting = new WaitingQueries();
    private @Nullable Channel channel;

    public PlainResolver(List<InetSocketAddress> servers) {
        this.servers = List.copyOf(servers);
    }

    @Override
    public CompletableFuture<byte[]> resolve(byte[] query) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        if (servers.isEmpty()) {
            answer.completeExceptionally(new IllegalStateException("no nameserver is known"));
            return answer;
        }
        byte[] message = waiting.add(query, answer);
        Channel open = channel();
        for (InetSocketAddress server : servers) {
            open.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(message), server));
        }
        return answer;
    }

    private synchronized Channel channel() {
        Channel open = channel;
        if (open == null) {
            boolean four = servers.stream().allMatch(s -> s.getAddress() instanceof Inet4Address);
            open =
                    new Bootstrap()
                            .group(EventLoops.group())
                            .channelFactory(
                                    () ->
                                            new EpollDatagramChannel(
                                                    four
                                                            ? SocketProtocolFamily.INET
                                                            : SocketProtocolFamily.INET6))
                            .option(MARK, Marks.OWN)
                            .handler(new Answers())
                            .bind(0)
                            .channel();
            channel = open;
        }
        return open;
    }

    /** Takes what comes back. */
    private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] answer = new byte[packet.content().readableBytes()];
            packet.content().readBytes(answer);
            waiting.answered(answer);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            // An ICMP error of one server; another may answer, or the query times out.
        }
    }
}
