package dev.mirrord.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.namespace.NetworkNamespace;
import dev.mirrord.linux.namespace.ProcessDescriptor;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.SteadyEpoll;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A short whole life on the loopback: an agent without target, a tunnel to it, one connection
 * through it, a query. Run when the image is built, it shows that the image works and trains its
 * class cache.
 */
final class SelfTest {
    private static final int SECONDS = 60;
    private static final int ECHO_BYTES = 96 << 20;

    private SelfTest() {}

    /** Returns the exit code. */
    static int run() throws InterruptedException {
        try {
            SessionIdentity session = SessionIdentity.generate("self-test");
            AgentOptions options =
                    AgentOptions.parse(
                            "--session-certificate-sha256",
                            session.fingerprint().hex(),
                            "--targetless",
                            "--communication-timeout",
                            "60");
            // Its own files, but nobody's network.
            Target itself =
                    new Target(
                            Path.of("/proc/self"),
                            OptionalLong.of(ProcessHandle.current().pid()),
                            NetworkNamespace.own(),
                            Optional.empty());
            Agent agent = new Agent(options, itself);
            int port = agent.listen(0);
            agent.serve();
            Tunnel tunnel = connect(session, new Fingerprint(agent.fingerprint()), port);
            ask(tunnel, StreamKind.QUERY, text("{\"type\":\"status\"}"));
            ask(tunnel, StreamKind.QUERY, text("{\"type\":\"target\"}"));
            ask(tunnel, StreamKind.QUERY, text("{\"type\":\"environment\"}"));
            echo(tunnel);
            train(tunnel);
            files(tunnel);
            AgentLog.info("self-test passed");
            return 0;
        } catch (AgentFailure | IOException | ExecutionException | TimeoutException e) {
            AgentLog.warn("self-test failed", "why", e);
            return 1;
        }
    }

    private static Tunnel connect(SessionIdentity session, Fingerprint agent, int port)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        SslContext tls = TunnelTls.ofSidecar(session, agent);
        Life life = new Life();
        Tunnel tunnel =
                Tunnel.ofSidecar(
                        life,
                        (stream, kind, payload) -> {
                            throw new IllegalStateException("nothing is subscribed");
                        });
        new Bootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory()))
                .channel(EpollSocketChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                tunnel.install(channel.pipeline());
                            }
                        })
                .connect(InetAddress.getLoopbackAddress(), port)
                .sync();
        life.ready.get(SECONDS, TimeUnit.SECONDS);
        return tunnel;
    }

    private static void echo(Tunnel tunnel)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serveOnce(server));
            ByteBuf destination =
                    AddressCodec.write(
                            Unpooled.buffer(), (InetSocketAddress) server.getLocalSocketAddress());
            // Enough for the cache to hold the profiles of the busy methods (JEP 515).
            SelfTestLoad load = new SelfTestLoad(ECHO_BYTES);
            tunnel.eventLoop().execute(() -> tunnel.open(StreamKind.TCP, destination, load));
            long echoed = load.echoed.get(SECONDS, TimeUnit.SECONDS);
            if (echoed != ECHO_BYTES) {
                throw new IOException("the connection brought %d bytes".formatted(echoed));
            }
        }
    }

    /** A container that may not be its own user has no files. */
    private static void files(Tunnel tunnel) throws InterruptedException, TimeoutException {
        SelfTestFiles load = new SelfTestFiles();
        tunnel.eventLoop()
                .execute(
                        () ->
                                load.start(
                                        tunnel.open(
                                                StreamKind.FILES, Unpooled.EMPTY_BUFFER, load)));
        try {
            load.answered.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            AgentLog.info("files not used", "why", e.getCause());
        }
    }

    /** Touches what a session uses later; capturing is not permitted everywhere. */
    private static void train(Tunnel tunnel)
            throws InterruptedException, ExecutionException, TimeoutException, IOException {
        ask(tunnel, StreamKind.UDP, Unpooled.buffer(1).writeByte(4));
        ask(tunnel, StreamKind.DNS, Unpooled.EMPTY_BUFFER);
        try {
            ask(tunnel, StreamKind.SUBSCRIBE, text("{\"port\":1,\"mode\":\"mirror\"}"));
        } catch (ExecutionException e) {
            AgentLog.info("not captured", "why", e.getCause());
        }
        ProcessDescriptor.open(ProcessHandle.current().pid()).close();
    }

    private static void serveOnce(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            AgentLog.warn("self-test server failed", "why", e);
        }
    }

    /** Opens a stream and returns all that comes back. */
    private static String ask(Tunnel tunnel, StreamKind kind, ByteBuf payload)
            throws InterruptedException, ExecutionException, TimeoutException {
        Answer answer = new Answer();
        tunnel.eventLoop()
                .execute(
                        () -> {
                            TunnelStream stream = tunnel.open(kind, payload, answer);
                            stream.end();
                        });
        return answer.whole.get(SECONDS, TimeUnit.SECONDS);
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static final class Life implements TunnelListener {
        final CompletableFuture<JsonNode> ready = new CompletableFuture<>();

        @Override
        public void onReady(Tunnel tunnel, JsonNode hello) {
            ready.complete(hello);
        }

        @Override
        public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
            ready.completeExceptionally(new IOException("tunnel closed", cause));
        }
    }

    private static final class Answer implements StreamListener {
        final CompletableFuture<String> whole = new CompletableFuture<>();
        private final StringBuilder bytes = new StringBuilder();

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            bytes.append(data.toString(StandardCharsets.UTF_8));
            stream.consumed(data.readableBytes());
            data.release();
        }

        @Override
        public void onEnd(TunnelStream stream) {
            whole.complete(bytes.toString());
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            whole.completeExceptionally(new IOException("stream reset, errno " + errno));
        }
    }
}
