package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.SteadyEpoll;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.UdpMessage;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An agent whose cluster is made up: what a connection meets is told by its port. It listens on the
 * relay socket itself, so no CLI stands between.
 */
final class TestingAgent implements AutoCloseable, OpenListener {
    static final int ECHO = 7;
    static final int GREETING = 22;
    static final int REFUSED = 81;
    static final int UNREACHABLE = 82;
    static final int NO_NETWORK = 83;
    static final int SILENT = 84;
    static final int RESETS = 85;

    final SessionIdentity identity = SessionIdentity.generate("testing agent");
    final List<Tunnel> tunnels = new CopyOnWriteArrayList<>();
    final List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
    final Map<Integer, String> subscribed = new ConcurrentHashMap<>();
    final Map<Integer, String> subscribedUdp = new ConcurrentHashMap<>();
    final List<InetSocketAddress> askedUdp = new CopyOnWriteArrayList<>();
    final Map<String, byte[]> names = new ConcurrentHashMap<>();
    final List<String> queries = new CopyOnWriteArrayList<>();
    volatile String environ = "FROM_TARGET=yes\0MULTI=a\nb=c\0";
    volatile String target = "{}";

    /** Questions about the target are answered once it has completed. */
    volatile CompletableFuture<?> answering = CompletableFuture.completedFuture(null);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, SteadyEpoll.newFactory());

    TestingAgent(Path socket, Fingerprint session) throws Exception {
        SslContext tls = TunnelTls.ofAgent(identity, session);
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                Tunnel.ofAgent(new Life(), TestingAgent.this)
                                        .install(channel.pipeline());
                            }
                        })
                .bind(new DomainSocketAddress(socket.toFile()))
                .sync();
    }

    /**
     * Opens an incoming connection, sends {@code data} and END, and returns all that comes back.
     */
    CompletableFuture<String> incoming(
            int mode, int port, InetSocketAddress peer, InetSocketAddress original, String data) {
        Tunnel tunnel = tunnels.getFirst();
        Collector collector = new Collector();
        ByteBuf payload = Unpooled.buffer().writeByte(mode).writeShort(port);
        AddressCodec.write(AddressCodec.write(payload, peer), original);
        tunnel.eventLoop()
                .execute(
                        () -> {
                            TunnelStream stream =
                                    tunnel.open(StreamKind.INCOMING_TCP, payload, collector);
                            stream.write(Unpooled.copiedBuffer(data, StandardCharsets.UTF_8));
                            stream.end();
                        });
        return collector.all;
    }

    /** One client's datagrams. */
    static final class Datagrams implements StreamListener {
        final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> over = new CompletableFuture<>();
        private final Tunnel tunnel;
        private @Nullable TunnelStream stream;

        Datagrams(Tunnel tunnel) {
            this.tunnel = tunnel;
        }

        void send(String words) {
            tunnel.eventLoop()
                    .execute(
                            () ->
                                    Objects.requireNonNull(stream)
                                            .writeMessage(
                                                    Unpooled.copiedBuffer(
                                                            words, StandardCharsets.UTF_8)));
        }

        void end() {
            tunnel.eventLoop().execute(() -> Objects.requireNonNull(stream).reset(0));
        }

        @Override
        public void onData(TunnelStream from, ByteBuf data) {
            from.consumed(data.readableBytes());
            answers.add(data.toString(StandardCharsets.UTF_8));
            data.release();
        }

        @Override
        public void onEnd(TunnelStream from) {
            over.complete(0);
        }

        @Override
        public void onReset(TunnelStream from, int errno) {
            over.complete(errno);
        }
    }

    /** Opens the flow of a client that sends {@code first}. */
    Datagrams datagrams(
            int mode, int port, InetSocketAddress peer, InetSocketAddress original, String first) {
        Datagrams flow = new Datagrams(tunnels.getFirst());
        ByteBuf payload = Unpooled.buffer().writeByte(mode).writeShort(port);
        AddressCodec.write(AddressCodec.write(payload, peer), original);
        flow.tunnel
                .eventLoop()
                .execute(
                        () ->
                                flow.stream =
                                        flow.tunnel.open(StreamKind.INCOMING_UDP, payload, flow));
        flow.send(first);
        return flow;
    }

    @Override
    public StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        return switch (kind) {
            case TCP -> tcp(stream, AddressCodec.read(payload));
            case UDP -> {
                stream.accept();
                yield new UdpEcho(askedUdp);
            }
            case QUERY -> {
                query(stream, payload.toString(StandardCharsets.UTF_8));
                yield new Collector();
            }
            case SUBSCRIBE -> subscribe(stream, payload.toString(StandardCharsets.UTF_8));
            case DNS -> {
                stream.accept();
                yield new Names();
            }
            case INCOMING_TCP, INCOMING_UDP, FILES, UNIX -> {
                stream.refuse(95, "not in this test");
                yield new Collector();
            }
        };
    }

    private StreamListener tcp(TunnelStream stream, InetSocketAddress destination) {
        asked.add(destination);
        switch (destination.getPort()) {
            case REFUSED -> stream.refuse(111, "ECONNREFUSED");
            case UNREACHABLE -> stream.refuse(113, "EHOSTUNREACH");
            case NO_NETWORK -> stream.refuse(101, "ENETUNREACH");
            case SILENT -> {}
            case RESETS -> {
                stream.accept();
                stream.eventLoop().schedule(() -> stream.reset(104), 50, TimeUnit.MILLISECONDS);
            }
            case GREETING -> {
                stream.accept();
                stream.write(Unpooled.copiedBuffer("hello\n", StandardCharsets.UTF_8));
            }
            default -> stream.accept();
        }
        return new Echo();
    }

    private void query(TunnelStream stream, String json) {
        String answer = json.contains("environment") ? environ : target;
        stream.accept();
        answering.thenRunAsync(
                () -> {
                    stream.write(Unpooled.copiedBuffer(answer, StandardCharsets.UTF_8));
                    stream.end();
                },
                stream.eventLoop());
    }

    private StreamListener subscribe(TunnelStream stream, String json) {
        JsonNode request = Json.parse(json);
        int port = request.path("port").asInt();
        Map<Integer, String> ports =
                request.path("protocol").asText().equals("udp") ? subscribedUdp : subscribed;
        ports.put(port, request.path("mode").asText());
        stream.accept(Unpooled.copiedBuffer("{}", StandardCharsets.UTF_8));
        return new Collector() {
            @Override
            public void onEnd(TunnelStream from) {
                ports.remove(port);
                from.end();
            }

            @Override
            public void onReset(TunnelStream from, int errno) {
                ports.remove(port);
            }
        };
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Life implements TunnelListener {
        @Override
        public void onReady(Tunnel tunnel, JsonNode hello) {
            tunnels.add(tunnel);
        }

        @Override
        public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
            tunnels.remove(tunnel);
        }
    }

    private static class Echo implements StreamListener {
        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            stream.write(data);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            stream.write(Unpooled.copiedBuffer("END\n", StandardCharsets.UTF_8));
            stream.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }

    /**
     * Answers a datagram from its destination, and once more from the next port; those to a port
     * that refuses come back.
     */
    private static final class UdpEcho extends Echo {
        private final List<InetSocketAddress> asked;

        UdpEcho(List<InetSocketAddress> asked) {
            this.asked = asked;
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            InetSocketAddress peer = AddressCodec.read(data);
            asked.add(peer);
            if (peer.getPort() == REFUSED) {
                data.release();
                stream.writeMessage(
                        UdpMessage.write(Unpooled.buffer(), new UdpMessage.Undelivered(peer, 111)));
                return;
            }
            ByteBuf more = Unpooled.buffer();
            AddressCodec.write(more, new InetSocketAddress(peer.getAddress(), peer.getPort() + 1));
            ByteBuf same = AddressCodec.write(Unpooled.buffer(), peer);
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes).release();
            stream.writeMessage(same.writeBytes(bytes));
            stream.writeMessage(more.writeBytes("from elsewhere".getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Answers A queries with what the test put under the name, NXDOMAIN otherwise. */
    private final class Names extends Echo {
        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes).release();
            stream.writeMessage(Unpooled.wrappedBuffer(TestingNames.answer(bytes, names, queries)));
        }
    }

    private static class Collector implements StreamListener {
        final CompletableFuture<String> all = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            text.append(data.toString(StandardCharsets.UTF_8));
            data.release();
        }

        @Override
        public void onRefuse(TunnelStream stream, int errno, String why) {
            all.complete("refused " + errno);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            all.complete(text.toString());
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            all.complete(text + "reset " + errno);
        }
    }
}
