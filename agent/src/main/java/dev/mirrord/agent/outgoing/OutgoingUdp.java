package dev.mirrord.agent.outgoing;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.socket.ErrorQueue;
import dev.mirrord.linux.socket.Sockets;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.UdpMessage;
import dev.mirrord.protocol.UdpMessage.Undelivered;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;

/**
 * One datagram socket of the app: unconnected, so that it hears everybody (full cone), until
 * nothing went either way for a minute. Datagrams that the tunnel has no room for are dropped, as a
 * full socket buffer would. ICMP errors come by the error queue; the kernel also fails the next
 * call on the socket, whoever that is for.
 */
public final class OutgoingUdp extends SimpleChannelInboundHandler<DatagramPacket>
        implements StreamListener {
    private static final int IDLE_SECONDS = 60;
    private static final int LARGEST_DATAGRAM = 65_535;
    private static final int ADDRESS_ROOM = 19;
    private static final IntegerUnixChannelOption ERRORS_4 =
            new IntegerUnixChannelOption("IP_RECVERR", ErrorQueue.SOL_IP, ErrorQueue.IP_RECVERR);
    private static final IntegerUnixChannelOption ERRORS_6 =
            new IntegerUnixChannelOption(
                    "IPV6_RECVERR", ErrorQueue.SOL_IPV6, ErrorQueue.IPV6_RECVERR);

    private final TunnelStream stream;
    private final ChannelFuture binding;

    private OutgoingUdp(TunnelStream stream, SocketProtocolFamily family) {
        this.stream = stream;
        this.binding =
                new Bootstrap()
                        .group(stream.eventLoop())
                        .channelFactory(() -> new EpollDatagramChannel(family))
                        .option(family == SocketProtocolFamily.INET ? ERRORS_4 : ERRORS_6, 1)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(LARGEST_DATAGRAM))
                        .handler(new IdleStateHandler(0, 0, IDLE_SECONDS))
                        .bind(wildcard(family));
    }

    /** Opens a socket of the family that {@code payload} names. */
    public static StreamListener open(TunnelStream stream, ByteBuf payload) {
        int code = payload.readUnsignedByte();
        SocketProtocolFamily family =
                switch (code) {
                    case 4 -> SocketProtocolFamily.INET;
                    case 6 -> SocketProtocolFamily.INET6;
                    default -> throw new IllegalArgumentException("unknown address family " + code);
                };
        OutgoingUdp udp = new OutgoingUdp(stream, family);
        udp.binding.addListener(done -> udp.bound());
        return udp;
    }

    private static InetSocketAddress wildcard(SocketProtocolFamily family) {
        byte[] any = new byte[family == SocketProtocolFamily.INET ? 4 : 16];
        return AddressCodec.of(any, 0);
    }

    private Channel channel() {
        return binding.channel();
    }

    private void bound() {
        if (!binding.isSuccess()) {
            int errno = ConnectErrno.of(binding.cause());
            stream.refuse(errno, Errno.name(errno));
            return;
        }
        channel().pipeline().addLast(this);
        stream.accept(
                AddressCodec.write(
                        channel().alloc().buffer(), (InetSocketAddress) channel().localAddress()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (!stream.isWritable()) {
            return;
        }
        ByteBuf data = packet.content();
        ByteBuf message = context.alloc().buffer(ADDRESS_ROOM + data.readableBytes());
        stream.writeMessage(AddressCodec.write(message, packet.sender()).writeBytes(data));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            stream.end();
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        tellErrors();
    }

    private void tellErrors() {
        EpollDatagramChannel channel = (EpollDatagramChannel) channel();
        if (channel.isOpen()) {
            ErrorQueue.drain(channel.fd().intValue(), this::tellError);
        }
    }

    private void tellError(InetSocketAddress peer, int errno) {
        if (stream.isWritable()) {
            ByteBuf message = channel().alloc().buffer(ADDRESS_ROOM + Short.BYTES);
            stream.writeMessage(UdpMessage.write(message, new Undelivered(peer, errno)));
        }
    }

    private void send(DatagramPacket packet) {
        if (!packet.content().isReadable()) {
            sendEmpty(packet.recipient());
            packet.release();
            return;
        }
        channel()
                .writeAndFlush(packet.retain())
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                packet.release();
                            } else {
                                // The error may have been that of an earlier datagram.
                                tellErrors();
                                channel().writeAndFlush(packet);
                            }
                        });
    }

    /** Netty takes a datagram without content for none. */
    private void sendEmpty(InetSocketAddress peer) {
        EpollDatagramChannel channel = (EpollDatagramChannel) channel();
        if (channel.isOpen()) {
            Sockets.sendEmpty(channel.fd().intValue(), peer);
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf message) {
        from.consumed(message.readableBytes());
        try {
            InetSocketAddress peer = AddressCodec.read(message);
            DatagramPacket packet = new DatagramPacket(message.retain(), peer);
            // The first datagram often comes together with the OPEN, before the socket is bound.
            binding.addListener(done -> send(packet));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            from.reset(Errno.EINVAL);
            channel().close();
        } finally {
            message.release();
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.end();
        channel().close();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        channel().close();
    }
}
