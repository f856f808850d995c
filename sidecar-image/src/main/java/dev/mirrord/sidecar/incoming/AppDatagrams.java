package dev.mirrord.sidecar.incoming;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.socket.Sockets;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.capture.Marks;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * Carries clients' datagrams to the app, in the name of their true peers: each stream has a
 * connected socket with the client's address, to which the app's answers come back. The agent
 * decides when a flow is over.
 */
final class AppDatagrams {
    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", 1, 36);
    private static final int MOST = 8192;
    private static final int MOST_EARLY = 4096;
    private static final int LARGEST_DATAGRAM = 65_535;

    private final IntFunction<List<ListenAddress>> listenersOf;
    private final AppAddresses addresses;
    private final RecentPeers peers;
    private final Counters counters;
    private final Set<Ends> inUse = ConcurrentHashMap.newKeySet();

    /** No two sockets may have the same: the kernel could not tell whose an answer is. */
    private record Ends(InetSocketAddress peer, InetSocketAddress app) {}

    /**
     * @param listeners where the app serves a UDP port of the target
     * @param peers remembers whom the app may only answer here
     */
    AppDatagrams(
            IntFunction<List<ListenAddress>> listeners,
            AppAddresses addresses,
            RecentPeers peers,
            Counters counters) {
        this.listenersOf = listeners;
        this.addresses = addresses;
        this.peers = peers;
        this.counters = counters;
    }

    StreamListener open(TunnelStream stream, ByteBuf payload) {
        IncomingMode mode = IncomingMode.of(payload.readUnsignedByte());
        int port = payload.readUnsignedShort();
        InetSocketAddress peer = AddressCodec.read(payload);
        InetSocketAddress original = AddressCodec.read(payload);
        Optional<AppAddresses.Way> way =
                addresses
                        .way(listenersOf.apply(port), peer.getAddress(), original.getAddress())
                        .map(found -> asAnswered(found, port, peer));
        Flow flow = new Flow(stream, mode);
        if (way.isEmpty()) {
            flow.refuse(Errno.ECONNREFUSED, "the app does not listen on UDP port " + port);
        } else if (inUse.size() >= MOST) {
            flow.refuse(Errno.ENOBUFS, "too many clients of the app's UDP ports");
        } else {
            flow.connect(way.get(), peer);
        }
        return flow;
    }

    /**
     * A socket on the wildcard address answers from the address that the kernel chooses for the
     * peer, whichever it was met at: it has to be met there.
     */
    private AppAddresses.Way asAnswered(AppAddresses.Way way, int port, InetSocketAddress peer) {
        boolean bound =
                listenersOf.apply(port).stream()
                        .anyMatch(each -> each.address().equals(way.app().getAddress()));
        return !way.asPeer() || bound
                ? way
                : new AppAddresses.Way(
                        new InetSocketAddress(
                                sourceTo(peer).orElse(way.app().getAddress()), way.app().getPort()),
                        true);
    }

    /** Sends nothing. */
    private static Optional<InetAddress> sourceTo(InetSocketAddress peer) {
        try (DatagramChannel socket =
                DatagramChannel.open(
                        peer.getAddress() instanceof Inet4Address
                                ? StandardProtocolFamily.INET
                                : StandardProtocolFamily.INET6)) {
            socket.connect(peer);
            return socket.getLocalAddress() instanceof InetSocketAddress own
                    ? Optional.of(own.getAddress())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** One client; belongs to the stream's event loop. */
    private final class Flow implements StreamListener {
        private final TunnelStream stream;
        private final IncomingMode mode;
        private final Queue<ByteBuf> early = new ArrayDeque<>();
        private Optional<EpollDatagramChannel> socket = Optional.empty();
        private boolean over;

        Flow(TunnelStream stream, IncomingMode mode) {
            this.stream = stream;
            this.mode = mode;
        }

        void refuse(int errno, String text) {
            finish();
            stream.refuse(errno, text);
        }

        void connect(AppAddresses.Way way, InetSocketAddress peer) {
            Ends ends = new Ends(peer, way.app());
            boolean free = !way.asPeer() || inUse.add(ends);
            InetSocketAddress from = free ? peer : new InetSocketAddress(peer.getAddress(), 0);
            ChannelFuture connecting = bind(way, from);
            connecting.addListener(
                    done -> {
                        if (done.isSuccess()) {
                            connected((EpollDatagramChannel) connecting.channel(), way, peer);
                        } else if (from.getPort() != 0 && way.asPeer()) {
                            // The app itself holds the peer's port: the address still is true.
                            connect(way, new InetSocketAddress(peer.getAddress(), 0));
                        } else {
                            refuse(
                                    Errno.ECONNREFUSED,
                                    "the app's UDP port: " + done.cause().getMessage());
                        }
                    });
            if (free && way.asPeer()) {
                connecting.channel().closeFuture().addListener(closed -> inUse.remove(ends));
            }
        }

        private ChannelFuture bind(AppAddresses.Way way, InetSocketAddress from) {
            SocketProtocolFamily family =
                    way.app().getAddress() instanceof Inet4Address
                            ? SocketProtocolFamily.INET
                            : SocketProtocolFamily.INET6;
            Bootstrap bootstrap =
                    new Bootstrap()
                            .group(stream.eventLoop())
                            .channelFactory(() -> new EpollDatagramChannel(family))
                            .option(
                                    ChannelOption.RECVBUF_ALLOCATOR,
                                    new FixedRecvByteBufAllocator(LARGEST_DATAGRAM))
                            .handler(new Answers());
            if (!way.asPeer()) {
                return bootstrap.option(MARK, Marks.OWN).connect(way.app());
            }
            return bootstrap
                    .option(MARK, Marks.INJECTED)
                    .option(EpollChannelOption.IP_TRANSPARENT, true)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .connect(way.app(), from);
        }

        private void connected(
                EpollDatagramChannel channel, AppAddresses.Way way, InetSocketAddress peer) {
            if (over || stream.isClosed()) {
                channel.close();
                finish();
                return;
            }
            peers.add(way.app().getPort(), peer);
            stream.accept();
            socket = Optional.of(channel);
            for (ByteBuf each = early.poll(); each != null; each = early.poll()) {
                stream.consumed(each.readableBytes());
                deliver(channel, each);
            }
        }

        private void deliver(EpollDatagramChannel channel, ByteBuf datagram) {
            counters.add(
                    switch (mode) {
                        case MIRROR -> Counter.MIRRORED_DATAGRAMS;
                        case STEAL -> Counter.STOLEN_DATAGRAMS;
                    });
            if (datagram.isReadable()) {
                channel.writeAndFlush(datagram)
                        .addListener(
                                done -> {
                                    if (!done.isSuccess()) {
                                        failed(done.cause());
                                    }
                                });
            } else {
                // Netty takes a datagram without content for none.
                datagram.release();
                Sockets.sendEmpty(channel.fd().intValue(), channel.remoteAddress());
            }
        }

        @Override
        public void onData(TunnelStream from, ByteBuf datagram) {
            if (socket.isPresent()) {
                from.consumed(datagram.readableBytes());
                deliver(socket.get(), datagram);
            } else if (over || early.size() >= MOST_EARLY) {
                from.consumed(datagram.readableBytes());
                counters.add(Counter.LOST_DATAGRAMS);
                datagram.release();
            } else {
                // Not consumed yet: the window limits what waits.
                early.add(datagram);
            }
        }

        @Override
        public void onEnd(TunnelStream from) {
            from.end();
            finish();
        }

        @Override
        public void onReset(TunnelStream from, int errno) {
            finish();
        }

        private void finish() {
            over = true;
            socket.ifPresent(Channel::close);
            socket = Optional.empty();
            for (ByteBuf each = early.poll(); each != null; each = early.poll()) {
                counters.add(Counter.LOST_DATAGRAMS);
                each.release();
            }
        }

        private void failed(Throwable error) {
            boolean refused =
                    error instanceof PortUnreachableException
                            || (error instanceof NativeIoException io
                                    && Math.abs(io.expectedErr()) == Errno.ECONNREFUSED);
            if (!over && refused) {
                // Nobody listens there any more: an ICMP error came back.
                finish();
                stream.reset(Errno.ECONNREFUSED);
            }
        }

        /** What the app answers; to a copy it goes nowhere. */
        private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
            @Override
            protected void channelRead0(ChannelHandlerContext context, DatagramPacket answer) {
                if (mode == IncomingMode.STEAL && stream.isWritable()) {
                    stream.writeMessage(answer.content().retain());
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
                failed(error);
            }
        }
    }
}
