package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.tunnel.TunnelStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of what arrives at the target are whole, or reset and counted. */
class MirrorIT {
    private static final int GIGABIT_BYTES = 125_000_000;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private TestingNamespaces namespaces;
    private TestingAgent agent;
    private ServerSocket server;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        server = namespaces.onTarget(() -> new ServerSocket(0));
        Thread.ofPlatform().daemon().start(this::serve);
        agent = TestingAgent.of(namespaces);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        server.close();
        namespaces.close();
    }

    /** The target: reads everything and remembers its digest. */
    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> digest(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void digest(Socket socket) {
        try (socket) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 18];
            InputStream in = socket.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            received.add(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            received.add("failed: " + e.getMessage());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestingStream subscribe() throws Exception {
        TestingStream subscription = agent.subscribe(server.getLocalPort(), "mirror");
        subscription.accepted.get(20, TimeUnit.SECONDS);
        return subscription;
    }

    private Socket client() throws Exception {
        return namespaces.onClient(
                () -> new Socket(TestingNamespaces.TARGET, server.getLocalPort()));
    }

    /** Sends so many bytes at 1 Gbit/s at most; returns their digest. */
    private static String send(Socket socket, long bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[1 << 18];
        new Random(1).nextBytes(chunk);
        OutputStream out = socket.getOutputStream();
        long begun = System.nanoTime();
        for (long sent = 0; sent < bytes; sent += chunk.length) {
            chunk[(int) (sent >> 18) % chunk.length]++;
            digest.update(chunk);
            out.write(chunk);
            long due = begun + sent * 1_000_000_000L / GIGABIT_BYTES;
            LockSupport.parkNanos(due - System.nanoTime());
        }
        socket.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    private String received() throws Exception {
        String digest = received.poll(60, TimeUnit.SECONDS);
        assertThat(digest).isNotNull();
        return digest;
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String awaitLoss(TestingStream subscription) throws Exception {
        return new String(subscription.awaitMessage(), StandardCharsets.US_ASCII);
    }

    private void assertWholeCopy(long bytes) throws Exception {
        TestingStream subscription = subscribe();
        try (Socket socket = client()) {
            String sent = send(socket, bytes);
            assertThat(received()).isEqualTo(sent);
            assertThat(digest(agent.awaitIncoming().recorded().awaitAll())).isEqualTo(sent);
        }
        assertThat(subscription.messages).isEmpty();
    }

    @Test
    void aBurstOfAGigabitPerSecondArrivesWhole() throws Exception {
        assertWholeCopy(40_000_000);
    }

    @Test
    void whatIsLostOnTheWayToTheTargetComesInOrderLater() throws Exception {
        namespaces.runIn(
                namespaces.client,
                "nft",
                "add table ip loss; add chain ip loss out { type filter hook output priority 0; };"
                        + " add rule ip loss out tcp dport "
                        + server.getLocalPort()
                        + " numgen random mod 100 < 5 drop");
        assertWholeCopy(20_000_000);
    }

    /** Offloading off: packets are as large as the cable takes, and many. */
    @Test
    void smallPacketsArriveWholeToo() throws Exception {
        TestingNamespaces.run(
                "ip", "-n", namespaces.client, "link", "set", "eth0", "gso_max_segs", "1");
        assertWholeCopy(20_000_000);
    }

    @Test
    void theEndOfTheSubscriptionResetsCopiesUnderWay() throws Exception {
        TestingStream subscription = subscribe();
        try (Socket socket = client()) {
            socket.getOutputStream().write("one".getBytes(StandardCharsets.US_ASCII));
            TestingAgent.Incoming copy = agent.awaitIncoming();
            copy.recorded().awaitMessage();
            agent.on(subscription, TunnelStream::end);
            subscription.awaitAll();
            assertThat(copy.recorded().reset.get(20, TimeUnit.SECONDS)).isEqualTo(104);
            assertThat(copy.recorded().all).isNotDone();
        }
    }

    @Test
    void connectionsThatWereOpenBeforeAreCountedAndTheirNextOnesAreCopied() throws Exception {
        try (Socket before = client()) {
            TestingStream subscription = subscribe();
            before.getOutputStream().write("who?".getBytes(StandardCharsets.US_ASCII));
            assertThat(awaitLoss(subscription)).isEqualTo("{\"lost\":{\"openBefore\":1}}");
        }
        try (Socket next = client()) {
            next.getOutputStream().write("me".getBytes(StandardCharsets.US_ASCII));
            next.shutdownOutput();
            assertThat(new String(agent.awaitIncoming().recorded().awaitAll())).isEqualTo("me");
        }
    }

    @Test
    void whatTheAppDoesNotReadIsResetAndCountedAndTheTargetHasItAll() throws Exception {
        agent.readIncoming = false;
        TestingStream subscription = subscribe();
        try (Socket socket = client()) {
            String sent = send(socket, 120_000_000);
            assertThat(received()).isEqualTo(sent);
        }
        TestingAgent.Incoming copy = agent.awaitIncoming();
        assertThat(copy.recorded().reset.get(20, TimeUnit.SECONDS)).isEqualTo(104);
        assertThat(copy.recorded().all).isNotDone();
        // A machine that is too slow for this loses packets first.
        assertThat(awaitLoss(subscription)).containsPattern("\"(tooSlow|incomplete)\":1");
    }

    @Test
    void aClientsResetResetsTheCopy() throws Exception {
        subscribe();
        TestingAgent.Incoming copy;
        try (Socket socket = client()) {
            socket.getOutputStream().write("half".getBytes(StandardCharsets.US_ASCII));
            copy = agent.awaitIncoming();
            copy.recorded().awaitMessage();
            socket.setSoLinger(true, 0);
        }
        assertThat(copy.recorded().reset.get(20, TimeUnit.SECONDS)).isEqualTo(104);
        assertThat(copy.recorded().all).isNotDone();
    }

    /** RFC 7413; the target takes the data of a SYN without a cookie. */
    @Test
    void dataOfASynIsCopied() throws Exception {
        namespaces.runIn(namespaces.target, "sysctl", "-qw", "net.ipv4.tcp_fastopen=1538");
        namespaces.runIn(namespaces.client, "sysctl", "-qw", "net.ipv4.tcp_fastopen=5");
        subscribe();
        namespaces.runIn(
                namespaces.client,
                "python3",
                "-c",
                "import socket; s=socket.socket(); s.sendto(b'early ', 0x20000000, ('%s', %d));"
                                .formatted(TestingNamespaces.TARGET, server.getLocalPort())
                        + " s.sendall(b'and late'); s.shutdown(1); s.recv(1)");
        assertThat(new String(agent.awaitIncoming().recorded().awaitAll()))
                .isEqualTo("early and late");
    }

    @Test
    void ofAFilteredPortOnlyTheRequestsThatMatchAreCopied() throws Exception {
        TestingStream subscription =
                agent.subscribe(
                        server.getLocalPort(),
                        "mirror",
                        "{\"match\":{\"header\":\"^x-user: alice$\"}}");
        subscription.accepted.get(20, TimeUnit.SECONDS);
        String alices = "POST /%d HTTP/1.1\r\nX-User: alice\r\nContent-Length: 2\r\n\r\nhi";
        String bobs = "GET / HTTP/1.1\r\nX-User: bob\r\n\r\n";
        try (Socket foreign = client();
                Socket bob = client();
                Socket socket = client()) {
            foreign.getOutputStream()
                    .write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
            bob.getOutputStream().write(bobs.getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write((bobs + alices.formatted(i)).getBytes(StandardCharsets.US_ASCII));
            }
            socket.getOutputStream().write(bobs.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            TestingAgent.Incoming copy = agent.awaitIncoming();
            assertThat(new String(copy.recorded().awaitAll(), StandardCharsets.US_ASCII))
                    .isEqualTo(alices.formatted(0) + alices.formatted(1) + alices.formatted(2));
            assertThat(copy.peer().getPort()).isEqualTo(socket.getLocalPort());
        }
        assertThat(agent.incoming).isEmpty();
        assertThat(subscription.messages).isEmpty();
    }
}
