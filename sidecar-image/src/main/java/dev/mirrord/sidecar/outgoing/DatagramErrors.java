package dev.mirrord.sidecar.outgoing;

import dev.mirrord.config.filter.Transport;
import dev.mirrord.protocol.UdpMessage;
import dev.mirrord.protocol.UdpMessage.Undelivered;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.capture.EmptyDatagram;
import dev.mirrord.sidecar.capture.Flow;
import dev.mirrord.sidecar.capture.Marks;
import dev.mirrord.sidecar.capture.Verdict;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the app's sockets that a datagram of theirs came back: a connected one fails its next call
 * with the errno. Only the kernel may tell them, by an ICMP error, and only the owner of a raw
 * socket may send such a packet. So the kernel is given a reason for one:
 *
 * <pre>
 *   carrier: a datagram of our own to the peer, mark HOLD --&gt; waits in the queue, is made
 *   one from the app's socket to the peer, goes on with the mark of a refusal --&gt; rejected
 * </pre>
 */
public final class DatagramErrors {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);
    private static final int HEADERS_4 = 28;
    private static final int HEADERS_6 = 48;

    private final Map<SocketProtocolFamily, ChannelFuture> carriers = new ConcurrentHashMap<>();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

    /** A datagram from {@code app} has come back; any thread. */
    void tell(InetSocketAddress app, Undelivered undelivered) {
        boolean four = app.getAddress() instanceof Inet4Address;
        ChannelFuture carrier =
                carriers.computeIfAbsent(
                        four ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6,
                        DatagramErrors::open);
        carrier.addListener(
                bound -> {
                    if (bound.isSuccess()) {
                        send(carrier.channel(), app, undelivered);
                    }
                });
    }

    /** True when the flow that waits is one of ours. */
    public boolean isCarrier(Flow flow) {
        return flow.transport() == Transport.UDP && ports.contains(flow.app().getPort());
    }

    /** The carrier waits: it becomes what is to be refused. */
    public void onHeld(Flow flow, ByteBuffer packet, Verdict verdict) {
        int headers = flow.app().getAddress() instanceof Inet4Address ? HEADERS_4 : HEADERS_6;
        byte[] content = new byte[packet.limit() - headers];
        packet.get(headers, content);
        switch (UdpMessage.read(Unpooled.wrappedBuffer(content))) {
            case UdpMessage.Datagram _ -> verdict.drop();
            case Undelivered(InetSocketAddress app, int errno) ->
                    verdict.refuse(errno, EmptyDatagram.of(app, flow.destination()));
        }
    }

    private void send(Channel carrier, InetSocketAddress app, Undelivered undelivered) {
        ports.add(((InetSocketAddress) carrier.localAddress()).getPort());
        carrier.writeAndFlush(
                new DatagramPacket(
                        UdpMessage.write(
                                ByteBufAllocator.DEFAULT.buffer(),
                                new Undelivered(app, undelivered.errno())),
                        undelivered.peer()));
    }

    private static ChannelFuture open(SocketProtocolFamily family) {
        return new Bootstrap()
                .group(EventLoops.group())
                .channelFactory(() -> new EpollDatagramChannel(family))
                .option(MARK, Marks.HOLD)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(0);
    }
}
