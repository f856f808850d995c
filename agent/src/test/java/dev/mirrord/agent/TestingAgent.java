package dev.mirrord.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.SteadyEpoll;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real agent process and a tunnel to it, as the sidecar would have it. */
final class TestingAgent implements AutoCloseable {
    /** An incoming connection as the sidecar hears of it. */
    record Incoming(
            StreamKind kind,
            int mode,
            int port,
            InetSocketAddress peer,
            InetSocketAddress destination,
            TunnelStream stream,
            TestingStream recorded) {}

    final Process process;
    final JsonNode ready;
    final SessionIdentity session;
    final BlockingQueue<Incoming> incoming = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final Tunnel tunnel;

    /** What becomes of incoming connections: accepted, or refused with this errno. */
    volatile int refuseIncoming;

    /** False: what incoming connections bring stays unread. */
    volatile boolean readIncoming = true;

    /**
     * Where accepted connections are joined to, as the sidecar does, each at its own port; else
     * they are recorded.
     */
    volatile @Nullable InetAddress app;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());

    TestingAgent(List<String> program, String... target) throws Exception {
        session = SessionIdentity.generate("test");
        process = start(program, session.fingerprint(), target);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        ready = new ObjectMapper().readTree(out.readLine());
        if (!ready.path("mirrord").asText().equals("ready")) {
            throw new AssertionError("agent says " + ready);
        }
        tunnel = connect(session);
    }

    private TestingAgent(TestingAgent first, String client) throws Exception {
        session = first.session;
        process = first.process;
        ready = first.ready;
        tunnel = connect(session, client);
    }

    /** Another client of the same agent. */
    TestingAgent with(String client) throws Exception {
        return new TestingAgent(this, client);
    }

    static TestingAgent of(TestingNamespaces namespaces) throws Exception {
        return new TestingAgent(java(), "--target-container-id", namespaces.containerId);
    }

    /** The agent as this build has it, in a JVM of its own. */
    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx112m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.mirrord.agent.AgentMain");
    }

    static Process start(List<String> program, Fingerprint session, String... target)
            throws Exception {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("--session-certificate-sha256", session.hex()));
        command.addAll(List.of("--owner", "ann@here"));
        command.addAll(List.of(target));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    EventLoopGroup group() {
        return group;
    }

    Tunnel connect(SessionIdentity identity) throws Exception {
        return connect(identity, "");
    }

    private Tunnel connect(SessionIdentity identity, String client) throws Exception {
        SslContext tls =
                TunnelTls.ofSidecar(
                        identity, new Fingerprint(ready.path("certificateSha256").asText()));
        CompletableFuture<Tunnel> up = new CompletableFuture<>();
        Tunnel made =
                Tunnel.ofSidecar(
                        client,
                        new TunnelListener() {
                            @Override
                            public void onReady(Tunnel tunnel, JsonNode hello) {
                                up.complete(tunnel);
                            }

                            @Override
                            public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
                                up.completeExceptionally(
                                        new IllegalStateException("closed", cause));
                                closed.complete(cause == null ? "" : cause.getMessage());
                            }
                        },
                        this::onOpen);
        new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                made.install(channel.pipeline());
                            }
                        })
                .connect(InetAddress.getLoopbackAddress(), ready.path("port").asInt())
                .sync();
        return up.get(20, TimeUnit.SECONDS);
    }

    private StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        TestingStream recorded = new TestingStream();
        recorded.reading = readIncoming;
        recorded.stream = stream;
        Incoming connection =
                new Incoming(
                        kind,
                        payload.readByte(),
                        payload.readUnsignedShort(),
                        AddressCodec.read(payload),
                        AddressCodec.read(payload),
                        stream,
                        recorded);
        InetAddress joined = app;
        if (refuseIncoming == 0 && joined != null) {
            incoming.add(connection);
            return join(stream, new InetSocketAddress(joined, connection.port()));
        }
        if (refuseIncoming == 0) {
            stream.accept();
        } else {
            stream.refuse(refuseIncoming, "refused by the test");
        }
        incoming.add(connection);
        return recorded;
    }

    private StreamListener join(TunnelStream stream, InetSocketAddress address) {
        Early early = new Early();
        ChannelFuture connecting =
                new Bootstrap()
                        .group(stream.eventLoop())
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(address);
        connecting.addListener(
                done -> {
                    if (done.isSuccess()) {
                        stream.accept();
                        ChannelBridge bridge =
                                ChannelBridge.join(
                                        (EpollSocketChannel) connecting.channel(), stream);
                        early.data.forEach(data -> bridge.onData(stream, data));
                    } else {
                        stream.refuse(111, "no app");
                    }
                });
        return early;
    }

    private static final class Early implements StreamListener {
        final List<ByteBuf> data = new ArrayList<>();

        @Override
        public void onData(TunnelStream stream, ByteBuf more) {
            data.add(more);
        }

        @Override
        public void onEnd(TunnelStream stream) {}

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }

    Incoming awaitIncoming() throws Exception {
        Incoming next = incoming.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no incoming connection");
        }
        return next;
    }

    TestingStream open(StreamKind kind, ByteBuf payload) throws Exception {
        TestingStream recorded = new TestingStream();
        tunnel.eventLoop()
                .submit(() -> recorded.stream = tunnel.open(kind, payload, recorded))
                .sync();
        return recorded;
    }

    TestingStream connectTcp(String address, int port) throws Exception {
        return open(StreamKind.TCP, address(address, port));
    }

    TestingStream subscribe(int port, String mode) throws Exception {
        return open(
                StreamKind.SUBSCRIBE, text("{\"port\":%d,\"mode\":\"%s\"}".formatted(port, mode)));
    }

    TestingStream subscribeUdp(int port, String mode) throws Exception {
        return open(
                StreamKind.SUBSCRIBE,
                text("{\"port\":%d,\"mode\":\"%s\",\"protocol\":\"udp\"}".formatted(port, mode)));
    }

    TestingStream subscribe(int port, String mode, String filter) throws Exception {
        return open(
                StreamKind.SUBSCRIBE,
                text("{\"port\":%d,\"mode\":\"%s\",\"filter\":%s}".formatted(port, mode, filter)));
    }

    byte[] query(String type) throws Exception {
        return open(StreamKind.QUERY, text("{\"type\":\"" + type + "\"}")).awaitAll();
    }

    void on(TestingStream recorded, java.util.function.Consumer<TunnelStream> action)
            throws Exception {
        TunnelStream stream = recorded.stream;
        stream.eventLoop().submit(() -> action.accept(stream)).sync();
    }

    static ByteBuf address(String address, int port) {
        return AddressCodec.write(Unpooled.buffer(), new InetSocketAddress(address, port));
    }

    static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
