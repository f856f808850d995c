package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams that arrive at the target, stolen and mirrored. */
@Timeout(90)
class IncomingUdpIT {
    private static final String[] ADDRESSES = {TestingNamespaces.TARGET, TestingNamespaces.TARGET6};

    private final AtomicInteger heardByTarget = new AtomicInteger();
    private TestingNamespaces namespaces;
    private TestingAgent agent;
    private DatagramSocket server;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        server = namespaces.onTarget(() -> new DatagramSocket(0));
        server.setReceiveBufferSize(8 << 20);
        Thread.ofPlatform().daemon().start(this::serve);
        agent = TestingAgent.of(namespaces);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        server.close();
        namespaces.close();
    }

    /** The target's own server: says who it talks to and repeats what it was told. */
    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        while (!server.isClosed()) {
            try {
                packet.setLength(65_535);
                server.receive(packet);
                heardByTarget.incrementAndGet();
                String said = new String(packet.getData(), 0, packet.getLength());
                if (!said.startsWith("silently")) {
                    byte[] answer =
                            "target sees %s %d: %s"
                                    .formatted(
                                            packet.getAddress().getHostAddress(),
                                            packet.getPort(),
                                            said)
                                    .getBytes(StandardCharsets.UTF_8);
                    server.send(
                            new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private int port() {
        return server.getLocalPort();
    }

    /** Connected: it hears what comes from the target's own address and port, nothing else. */
    private DatagramSocket client(String address) throws Exception {
        DatagramSocket socket = namespaces.onClient(() -> new DatagramSocket());
        socket.connect(InetAddress.getByName(address), port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void say(DatagramSocket socket, String words) throws IOException {
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String hear(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private static String ask(DatagramSocket socket, String words) throws IOException {
        say(socket, words);
        return hear(socket);
    }

    /** What the target answers a new client. */
    private String askTarget(String address, String words) throws Exception {
        try (DatagramSocket socket = client(address)) {
            return ask(socket, words);
        }
    }

    private TestingStream subscribe(String mode) throws Exception {
        TestingStream subscription = agent.subscribeUdp(port(), mode);
        subscription.accepted.get(20, TimeUnit.SECONDS);
        return subscription;
    }

    private static void answerAsApp(TestingAgent.Incoming flow, byte[] bytes) {
        flow.stream()
                .eventLoop()
                .execute(() -> flow.stream().writeMessage(Unpooled.wrappedBuffer(bytes)));
    }

    private static void answerAsApp(TestingAgent.Incoming flow, String words) {
        answerAsApp(flow, words.getBytes(StandardCharsets.UTF_8));
    }

    private static String message(TestingAgent.Incoming flow) throws Exception {
        return new String(flow.recorded().awaitMessage(), StandardCharsets.UTF_8);
    }

    @Test
    void stolenDatagramsAreTheAppsAndItsAnswersComeFromTheTargetsPort() throws Exception {
        subscribe("steal");
        for (String address : ADDRESSES) {
            try (DatagramSocket socket = client(address)) {
                say(socket, "one");
                TestingAgent.Incoming flow = agent.awaitIncoming();
                assertThat(flow.kind()).isEqualTo(StreamKind.INCOMING_UDP);
                assertThat(flow.mode()).isEqualTo(2);
                assertThat(flow.port()).isEqualTo(port());
                assertThat(flow.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(flow.destination()).isEqualTo(socket.getRemoteSocketAddress());
                assertThat(message(flow)).isEqualTo("one");
                answerAsApp(flow, "first answer");
                assertThat(hear(socket)).isEqualTo("first answer");
                say(socket, "two");
                say(socket, "three");
                assertThat(message(flow)).isEqualTo("two");
                assertThat(message(flow)).isEqualTo("three");
                answerAsApp(flow, "more");
                assertThat(hear(socket)).isEqualTo("more");
            }
        }
        assertThat(agent.incoming).isEmpty();
        assertThat(heardByTarget).hasValue(0);
    }

    /** Java's own sockets do not send them. */
    @Test
    void aDatagramWithoutContentIsOneToo() throws Exception {
        subscribe("steal");
        String client =
                "import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(9);"
                        + " s.connect(('%s',%d)); s.send(b''); print('heard', s.recv(9))"
                                .formatted(TestingNamespaces.TARGET, port());
        CompletableFuture<String> heard =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return namespaces.runIn(namespaces.client, "python3", "-c", client);
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        TestingAgent.Incoming flow = agent.awaitIncoming();
        assertThat(message(flow)).isEmpty();
        answerAsApp(flow, "");
        assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("heard b''\n");
    }

    @Test
    void datagramsOfSeveralPacketsAreWholeBothWays() throws Exception {
        subscribe("steal");
        byte[] large = new byte[60_000];
        Arrays.fill(large, (byte) 'x');
        for (String address : ADDRESSES) {
            try (DatagramSocket socket = client(address)) {
                socket.send(new DatagramPacket(large, large.length));
                TestingAgent.Incoming flow = agent.awaitIncoming();
                assertThat(flow.recorded().awaitMessage()).isEqualTo(large);
                answerAsApp(flow, large);
                assertThat(hear(socket)).hasSize(large.length);
            }
        }
    }

    @Test
    void whatTheAppRefusesGoesToTheTargetWithTheClientsAddressAndPort() throws Exception {
        agent.refuseIncoming = 111;
        subscribe("steal");
        for (String address : ADDRESSES) {
            try (DatagramSocket socket = client(address)) {
                String own =
                        "target sees %s %d: "
                                .formatted(
                                        socket.getLocalAddress().getHostAddress(),
                                        socket.getLocalPort());
                assertThat(ask(socket, "hello")).isEqualTo(own + "hello");
                agent.awaitIncoming();
                // The flow is the target's from now on.
                assertThat(ask(socket, "again")).isEqualTo(own + "again");
                assertThat(agent.incoming).isEmpty();
            }
        }
    }

    /** Nobody else remembers them: UDP has no connections. */
    @Test
    void aFlowStaysWithTheTargetIfConnectionTrackingKnowsThatItHasAnswered() throws Exception {
        namespaces.runIn(
                namespaces.target,
                "nft",
                "add table ip seen; add chain ip seen in { type filter hook input priority 0; };"
                        + " add rule ip seen in ct state established accept");
        try (DatagramSocket before = client(TestingNamespaces.TARGET);
                DatagramSocket after = client(TestingNamespaces.TARGET)) {
            assertThat(ask(before, "one")).endsWith(": one");
            subscribe("steal");
            assertThat(ask(before, "two")).endsWith(": two");
            say(after, "three");
            assertThat(message(agent.awaitIncoming())).isEqualTo("three");
        }
    }

    @Test
    void afterTheSubscriptionTheTargetAnswersTheSameClient() throws Exception {
        TestingStream subscription = subscribe("steal");
        try (DatagramSocket socket = client(TestingNamespaces.TARGET)) {
            say(socket, "one");
            TestingAgent.Incoming flow = agent.awaitIncoming();
            answerAsApp(flow, "the app");
            assertThat(hear(socket)).isEqualTo("the app");
            agent.on(subscription, TunnelStream::end);
            subscription.awaitAll();
            assertThat(flow.recorded().reset.get(20, TimeUnit.SECONDS)).isZero();
            assertThat(ask(socket, "two")).endsWith(": two");
        }
    }

    @Test
    void aPortsLockIsPerProtocolAndNamesItsHolder() throws Exception {
        subscribe("steal");
        agent.subscribe(port(), "steal").accepted.get(20, TimeUnit.SECONDS);
        try (TestingAgent other = TestingAgent.of(namespaces)) {
            assertThat(other.subscribeUdp(port(), "steal").refused.get(20, TimeUnit.SECONDS).text())
                    .isEqualTo("ann@here steals it in another session");
        }
    }

    @Test
    void aKilledAgentLeavesThePortToTheTargetAtOnce() throws Exception {
        subscribe("steal");
        try (DatagramSocket cut = client(TestingNamespaces.TARGET)) {
            say(cut, "one");
            TestingAgent.Incoming flow = agent.awaitIncoming();
            answerAsApp(flow, "the app");
            assertThat(hear(cut)).isEqualTo("the app");
            agent.process.destroyForcibly().waitFor();
            for (int i = 0; i < 100; i++) {
                assertThat(askTarget(ADDRESSES[i % 2], "new")).endsWith(": new");
            }
            assertThat(ask(cut, "same client")).endsWith(": same client");
        }
        Eventually.within(
                15, () -> namespaces.runIn(namespaces.target, "nft", "list", "ruleset").isEmpty());
    }

    @Test
    void aStoppedAgentIsOutOfTheWayAfterFiveSeconds() throws Exception {
        subscribe("steal");
        TestingNamespaces.run("kill", "-STOP", Long.toString(agent.process.pid()));
        Instant stopped = Instant.now();
        try (DatagramSocket socket = client(TestingNamespaces.TARGET)) {
            socket.setSoTimeout(200);
            Eventually.within(
                    15,
                    () -> {
                        try {
                            return ask(socket, "hello").startsWith("target sees");
                        } catch (SocketTimeoutException e) {
                            return false;
                        }
                    });
            assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(7));
        } finally {
            TestingNamespaces.run("kill", "-CONT", Long.toString(agent.process.pid()));
        }
    }

    @Test
    void mirroredDatagramsReachTargetAndApp() throws Exception {
        subscribe("mirror");
        String large = "0123456789".repeat(900);
        for (String address : ADDRESSES) {
            try (DatagramSocket socket = client(address)) {
                assertThat(ask(socket, "one")).endsWith(": one");
                TestingAgent.Incoming flow = agent.awaitIncoming();
                assertThat(flow.kind()).isEqualTo(StreamKind.INCOMING_UDP);
                assertThat(flow.mode()).isEqualTo(1);
                assertThat(flow.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(flow.destination()).isEqualTo(socket.getRemoteSocketAddress());
                assertThat(message(flow)).isEqualTo("one");
                answerAsApp(flow, "nobody hears this");
                assertThat(ask(socket, large)).endsWith(": " + large);
                assertThat(message(flow)).isEqualTo(large);
            }
        }
        assertThat(namespaces.runIn(namespaces.target, "nft", "list", "ruleset")).isEmpty();
    }

    @Test
    void tcpAndUdpOfOnePortAreMirroredApart() throws Exception {
        agent.subscribe(port(), "mirror").accepted.get(20, TimeUnit.SECONDS);
        try (DatagramSocket socket = client(TestingNamespaces.TARGET)) {
            assertThat(ask(socket, "before")).endsWith(": before");
            subscribe("mirror");
            assertThat(ask(socket, "copied")).endsWith(": copied");
            assertThat(message(agent.awaitIncoming())).isEqualTo("copied");
        }
    }

    @Test
    void eachDatagramOfABurstIsDeliveredOrCountedAsLost() throws Exception {
        TestingStream subscription = subscribe("mirror");
        int burst = 10_000;
        byte[] datagram = new byte[512];
        System.arraycopy("silently".getBytes(StandardCharsets.US_ASCII), 0, datagram, 0, 8);
        try (DatagramSocket socket = client(TestingNamespaces.TARGET)) {
            for (int i = 0; i < burst; i++) {
                socket.send(new DatagramPacket(datagram, datagram.length));
            }
        }
        TestingAgent.Incoming flow = agent.awaitIncoming();
        AtomicInteger lost = new AtomicInteger();
        Eventually.within(
                15,
                () -> {
                    for (byte[] told = subscription.messages.poll();
                            told != null;
                            told = subscription.messages.poll()) {
                        lost.addAndGet(numbers(new String(told, StandardCharsets.US_ASCII)));
                    }
                    return flow.recorded().received.get() + lost.get() == burst;
                });
        assertThat(flow.recorded().received.get()).isGreaterThan(burst / 2);
        assertThat(flow.recorded().messages).allMatch(each -> each.length == 512);
    }

    private static int numbers(String notice) {
        return Pattern.compile("\"(?:datagrams|packets)\":([0-9]+)")
                .matcher(notice)
                .results()
                .map((MatchResult found) -> Integer.parseInt(found.group(1)))
                .reduce(0, Integer::sum);
    }
}
