package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are open when a port begins to be stolen. */
class FlushIT {
    private static final int PORT = 8080;
    private static final int OTHER_PORT = 8081;
    private static final String FILTER = "{\"match\":{\"header\":\"^x-user: alice$\"}}";

    private final List<Socket> sockets = new ArrayList<>();
    private TestingNamespaces namespaces;
    private TestingNginx target;
    private TestingAgent agent;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        target =
                TestingNginx.start(
                        List.of("ip", "netns", "exec", namespaces.target),
                        "target",
                        PORT,
                        OTHER_PORT);
        agent = flushing();
        namespaces.onClient(
                () -> {
                    TestingNginx.await(new InetSocketAddress(TestingNamespaces.TARGET, PORT));
                    return null;
                });
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        agent.close();
        target.close();
        namespaces.close();
    }

    private TestingAgent flushing() throws Exception {
        return new TestingAgent(
                TestingAgent.java(),
                "--target-container-id",
                namespaces.containerId,
                "--flush-connections");
    }

    private Socket connect(String address, int port) throws Exception {
        Socket socket = new Socket(InetAddress.getByName(address), port);
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private static String ask(Socket socket, String user) throws IOException {
        socket.getOutputStream()
                .write(
                        "GET / HTTP/1.1\r\nHost: x\r\nX-User: %s\r\n\r\n"
                                .formatted(user)
                                .getBytes(StandardCharsets.US_ASCII));
        return heard(socket);
    }

    private static String heard(Socket socket) throws IOException {
        byte[] some = new byte[4096];
        int length = socket.getInputStream().read(some);
        return new String(some, 0, Math.max(0, length), StandardCharsets.US_ASCII);
    }

    private static void assertStillOpen(Socket socket) throws IOException {
        socket.setSoTimeout(300);
        assertThatThrownBy(() -> heard(socket)).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void theyAreResetAndTheirClientsReachTheAppWhenTheyComeBack() throws Exception {
        List<Socket> clients =
                List.of(
                        namespaces.onClient(() -> connect(TestingNamespaces.TARGET, PORT)),
                        namespaces.onClient(() -> connect(TestingNamespaces.TARGET6, PORT)),
                        namespaces.onTarget(() -> connect("127.0.0.1", PORT)));
        for (Socket client : clients) {
            assertThat(ask(client, "bob")).contains("target GET /");
        }
        Socket other = namespaces.onClient(() -> connect(TestingNamespaces.TARGET, OTHER_PORT));
        agent.subscribe(PORT, "steal").accepted.get(20, TimeUnit.SECONDS);
        for (Socket client : clients) {
            assertThatThrownBy(() -> heard(client)).hasMessageContaining("reset");
        }
        assertStillOpen(other);
        for (String address : List.of(TestingNamespaces.TARGET, TestingNamespaces.TARGET6)) {
            Socket back = namespaces.onClient(() -> connect(address, PORT));
            assertThat(agent.awaitIncoming().peer()).isEqualTo(back.getLocalSocketAddress());
        }
    }

    @Test
    void whatAnotherSessionTookOrPassedOnIsLeftAlone() throws Exception {
        try (TestingAgent first = TestingAgent.of(namespaces)) {
            TestingStream held = first.subscribe(PORT, "steal", FILTER);
            held.accepted.get(20, TimeUnit.SECONDS);
            Socket bob = namespaces.onClient(() -> connect(TestingNamespaces.TARGET, PORT));
            assertThat(ask(bob, "bob")).contains("target GET /");
            Socket alice = namespaces.onClient(() -> connect(TestingNamespaces.TARGET, PORT));
            alice.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: x\r\nX-User: alice\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            TestingAgent.Incoming taken = first.awaitIncoming();
            first.on(held, stream -> stream.end());
            held.awaitAll();
            agent.subscribe(PORT, "steal", FILTER).accepted.get(20, TimeUnit.SECONDS);
            assertThat(ask(bob, "bob")).contains("target GET /");
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
            taken.stream()
                    .eventLoop()
                    .execute(() -> taken.stream().write(TestingAgent.text(answer)));
            assertThat(heard(alice)).isEqualTo(answer);
        }
    }
}
