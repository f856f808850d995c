package dev.mirrord.sidecar.incoming;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.capture.Marks;
import dev.mirrord.sidecar.outgoing.EarlyData;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Carries the target's connections, and its datagrams, to the app, in the name of their true peers.
 */
public final class AppConnector implements OpenListener {
    private static final IntegerUnixChannelOption MARK =
            new IntegerUnixChannelOption("SO_MARK", 1, 36);
    private static final int CONNECT_MILLISECONDS = 10_000;

    private final IntFunction<List<ListenAddress>> listenersOf;
    private final AppAddresses addresses;
    private final Counters counters;
    private final AppDatagrams datagrams;

    /**
     * @param listeners where the app serves a port of the target
     * @param udpListeners the same for datagrams
     */
    public AppConnector(
            IntFunction<List<ListenAddress>> listeners,
            IntFunction<List<ListenAddress>> udpListeners,
            AppAddresses addresses,
            RecentPeers peers,
            Counters counters) {
        this.datagrams = new AppDatagrams(udpListeners, addresses, peers, counters);
        this.listenersOf = listeners;
        this.addresses = addresses;
        this.counters = counters;
    }

    @Override
    public StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        if (kind == StreamKind.INCOMING_UDP) {
            return datagrams.open(stream, payload);
        }
        Waiting waiting = new Waiting();
        if (kind != StreamKind.INCOMING_TCP) {
            stream.refuse(Errno.EOPNOTSUPP, "the sidecar does not take streams of kind " + kind);
            return waiting;
        }
        IncomingMode mode = IncomingMode.of(payload.readUnsignedByte());
        int port = payload.readUnsignedShort();
        InetSocketAddress peer = AddressCodec.read(payload);
        InetSocketAddress original = AddressCodec.read(payload);
        List<ListenAddress> listeners = listenersOf.apply(port);
        Optional<AppAddresses.Way> way =
                addresses.way(listeners, peer.getAddress(), original.getAddress());
        if (way.isEmpty()) {
            stream.refuse(Errno.ECONNREFUSED, "the app does not listen on port " + port);
        } else {
            connect(stream, waiting, mode, way.get(), peer);
        }
        return waiting;
    }

    private void connect(
            TunnelStream stream,
            Waiting waiting,
            IncomingMode mode,
            AppAddresses.Way way,
            InetSocketAddress peer) {
        ChannelFuture connecting = connect(stream, way, peer);
        connecting.addListener(
                done -> {
                    int errno = done.isSuccess() ? 0 : errno(done.cause());
                    if (errno == Errno.EADDRINUSE && peer.getPort() != 0) {
                        // The peer's own port is taken here: its address still is true.
                        connect(
                                stream,
                                waiting,
                                mode,
                                way,
                                new InetSocketAddress(peer.getAddress(), 0));
                    } else if (errno != 0) {
                        waiting.early.release();
                        stream.refuse(errno, "the app's port: " + done.cause().getMessage());
                    } else {
                        join(stream, waiting, mode, (EpollSocketChannel) connecting.channel());
                    }
                });
    }

    private static ChannelFuture connect(
            TunnelStream stream, AppAddresses.Way way, InetSocketAddress peer) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(stream.eventLoop())
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLISECONDS)
                        .handler(new ChannelInboundHandlerAdapter());
        if (!way.asPeer()) {
            return bootstrap.option(MARK, Marks.OWN).connect(way.app());
        }
        return bootstrap
                .option(MARK, Marks.INJECTED)
                .option(EpollChannelOption.IP_TRANSPARENT, true)
                .connect(way.app(), peer);
    }

    private void join(
            TunnelStream stream, Waiting waiting, IncomingMode mode, EpollSocketChannel channel) {
        if (stream.isClosed()) {
            waiting.early.release();
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
            return;
        }
        stream.accept();
        boolean copy = mode == IncomingMode.MIRROR;
        counters.add(copy ? Counter.MIRRORED_CONNECTIONS : Counter.STOLEN_CONNECTIONS);
        Counter requests = copy ? Counter.MIRRORED_REQUESTS : Counter.STOLEN_REQUESTS;
        channel.pipeline().addLast(new HttpRequests(() -> counters.add(requests)));
        if (copy) {
            channel.pipeline().addLast(new AnswersDropped());
        }
        waiting.early.replay(stream, ChannelBridge.join(channel, stream));
    }

    private static int errno(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeIoException io) {
                return Math.abs(io.expectedErr());
            }
        }
        String text = String.valueOf(error.getMessage());
        return text.contains("in use") || text.contains("assign")
                ? Errno.EADDRINUSE
                : Errno.ECONNREFUSED;
    }

    /** Keeps what comes before the app has accepted. */
    private static final class Waiting implements StreamListener {
        final EarlyData early = new EarlyData();

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            early.add(data);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            early.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            early.release();
        }
    }

    /** The app's answers to mirrored traffic go nowhere. */
    private static final class AnswersDropped extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
