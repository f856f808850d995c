package dev.mirrord.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.protocol.SteadyEpoll;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections between real clients and servers, on this machine's loopback. */
class HttpConnectionIT {
    private static final int NOWHERE = 0;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
    private final EventLoop loop = group.next();
    private final EpollServerSocketChannel front = new EpollServerSocketChannel();
    private final AtomicInteger toApp = new AtomicInteger();
    private final AtomicInteger toTarget = new AtomicInteger();
    private final List<Process> processes = new ArrayList<>();
    private HttpFilter filter;
    private int targetPort;
    private int appPort;

    @BeforeEach
    void start() throws Exception {
        filter =
                HttpFilter.of(
                        new ObjectMapper()
                                .readTree("{\"match\":{\"header\":\"^x-user: alice$\"}}"));
        front.pipeline().addLast(new Front());
        loop.register(front).sync();
        front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync();
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        group.shutdownGracefully();
    }

    private final class Front extends ChannelInboundHandlerAdapter implements Ways {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            EpollSocketChannel client = (EpollSocketChannel) accepted;
            client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            client.config().setAutoRead(false);
            loop.execute(() -> HttpConnection.begin(client, this, new Connections()));
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public Optional<HttpFilter> filter() {
            return Optional.of(filter);
        }

        @Override
        public Future<DuplexChannel> toTarget() {
            toTarget.incrementAndGet();
            return Loopback.connect(loop, targetPort);
        }

        @Override
        public Future<DuplexChannel> toApp() {
            toApp.incrementAndGet();
            return appPort == NOWHERE
                    ? loop.newFailedFuture(new IOException("there is no tunnel"))
                    : Loopback.connect(loop, appPort);
        }
    }

    private void await(int port) {
        Instant deadline = Instant.now().plusSeconds(20);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException e) {
                assertThat(Instant.now()).isBefore(deadline);
            }
        }
    }

    private static String run(int status, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(status);
        return said;
    }

    /** All four kinds of calls, trailers, cancellation, status: gRPC's own test programs. */
    @Test
    void grpcPassesToBothSides() throws Exception {
        Path programs =
                Path.of(
                        run(0, Path.of("../dev/test-programs").toRealPath().toString())
                                .lines()
                                .toList()
                                .getLast());
        targetPort = Loopback.freePort();
        appPort = Loopback.freePort();
        for (int port : List.of(targetPort, appPort)) {
            processes.add(
                    new ProcessBuilder(programs.resolve("server").toString(), "--port=" + port)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start());
            await(port);
        }
        for (String user : List.of("alice", "bob")) {
            toApp.set(0);
            for (String test :
                    List.of(
                            "empty_unary",
                            "large_unary",
                            "client_streaming",
                            "server_streaming",
                            "ping_pong",
                            "empty_stream",
                            "custom_metadata",
                            "cancel_after_begin",
                            "cancel_after_first_response",
                            "status_code_and_message",
                            "special_status_message",
                            "unimplemented_method")) {
                run(
                        0,
                        "timeout",
                        "20",
                        programs.resolve("client").toString(),
                        "--server_host=127.0.0.1",
                        "--server_port=" + front.localAddress().getPort(),
                        "--additional_metadata=x-user:" + user,
                        "--test_case=" + test);
            }
            // A call that is cancelled at once may not have gone anywhere.
            assertThat(toApp.get()).isIn(user.equals("alice") ? List.of(11, 12) : List.of(0));
        }
    }

    /** Its answers have a length and do not say that they are the last, also when they are. */
    private int silentServer() throws Exception {
        int port = Loopback.freePort();
        processes.add(
                new ProcessBuilder(
                                "python3",
                                "-c",
                                "import http.server as h; c = h.SimpleHTTPRequestHandler;"
                                        + " c.protocol_version = 'HTTP/1.1';"
                                        + " h.ThreadingHTTPServer(('127.0.0.1', %d), c).serve_forever()"
                                                .formatted(port))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
        await(port);
        return port;
    }

    private String curl(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("curl", "-sS", "--max-time", "10"));
        line.addAll(List.of("-o", "/dev/null", "-w", "%{http_code} %{num_connects}\\n"));
        line.add("http://127.0.0.1:" + front.localAddress().getPort() + "/");
        line.addAll(List.of(arguments));
        return run(0, line.toArray(String[]::new));
    }

    @Test
    void aClientThatWantsNothingMoreIsToldTheEndWhetherTheServerSaysSoOrNot() throws Exception {
        targetPort = silentServer();
        appPort = silentServer();
        for (String user : List.of("alice", "bob")) {
            toApp.set(0);
            for (List<String> way :
                    List.of(List.of("--http1.0"), List.of("-H", "Connection: close"))) {
                // So that the answer's end is the connection's.
                List<String> line = new ArrayList<>(List.of("--ignore-content-length"));
                line.addAll(List.of("-H", "X-User: " + user));
                line.addAll(way);
                assertThat(curl(line.toArray(String[]::new))).isEqualTo("200 1\n");
            }
            assertThat(toApp.get()).isEqualTo(user.equals("alice") ? 2 : 0);
            assertThat(
                            curl(
                                    "--http1.0",
                                    "-H",
                                    "X-User: " + user,
                                    "-H",
                                    "Connection: keep-alive",
                                    "-o",
                                    "/dev/null",
                                    "http://127.0.0.1:" + front.localAddress().getPort() + "/"))
                    .isEqualTo("200 1\n200 0\n");
        }
    }

    @Test
    void theTargetAnswersWhatTheAppCannotBeAskedAnyMore() throws Exception {
        targetPort = silentServer();
        appPort = NOWHERE;
        List<String> line = new ArrayList<>(List.of("-H", "X-User: bob", "--next"));
        line.addAll(List.of("-sS", "--max-time", "10", "-H", "X-User: alice"));
        line.addAll(List.of("-o", "/dev/null", "-w", "%{http_code} %{num_connects}\\n"));
        line.add("http://127.0.0.1:" + front.localAddress().getPort() + "/");
        assertThat(curl(line.toArray(String[]::new))).isEqualTo("200 1\n200 0\n");
        assertThat(toApp.get()).isEqualTo(1);
    }

    @Test
    void aServerThatSpeaksFirstIsNotWaitedFor() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            targetPort = server.getLocalPort();
            Thread speaker = answerOnce(server, _ -> {}, "220 hi\r\n");
            try (Socket client = new Socket("127.0.0.1", front.localAddress().getPort())) {
                client.setSoTimeout(10_000);
                assertThat(client.getInputStream().readNBytes(8))
                        .asString()
                        .isEqualTo("220 hi\r\n");
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nX-User: alice\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes())
                        .asString()
                        .isEqualTo("GET / HTTP/1.1\r\nX-User: alice\r\n\r\n");
            }
            speaker.join();
        }
        assertThat(toApp.get()).isZero();
    }

    /** What an upgraded connection says belongs to whoever answered 101, whatever it looks like. */
    @Test
    void anUpgradedConnectionBelongsToWhoeverAnswered101() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                ServerSocket silent = new ServerSocket(0)) {
            appPort = server.getLocalPort();
            targetPort = silent.getLocalPort();
            Thread app =
                    answerOnce(
                            server,
                            in -> {
                                while (in.read() != '#') {
                                    // The head, up to its mark.
                                }
                                in.readNBytes(4);
                            },
                            "HTTP/1.1 101 Yes\r\n"
                                    + "Upgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\n\r\n"
                                    + "first");
            try (Socket client = new Socket("127.0.0.1", front.localAddress().getPort())) {
                client.setSoTimeout(10_000);
                String more = "GET /not-a-request HTTP/1.1\r\nX-User: bob\r\n\r\n";
                client.getOutputStream()
                        .write(
                                ("GET / HTTP/1.1\r\n"
                                                + "X-User: alice\r\n"
                                                + "Upgrade: websocket\r\n"
                                                + "Connection: Upgrade\r\n"
                                                + "X: #\r\n\r\n"
                                                + more)
                                        .getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes())
                        .asString()
                        .endsWith("\r\n\r\nfirst" + more);
            }
            app.join();
        }
    }

    private interface Reading {
        void from(InputStream in) throws IOException;
    }

    /** Takes one connection, reads, speaks, and repeats the rest of what it hears. */
    private static Thread answerOnce(ServerSocket server, Reading reading, String words) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try (Socket socket = server.accept()) {
                                reading.from(socket.getInputStream());
                                socket.getOutputStream()
                                        .write(words.getBytes(StandardCharsets.US_ASCII));
                                socket.getInputStream().transferTo(socket.getOutputStream());
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }
}
