package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incoming traffic of the target, stolen and mirrored. */
class IncomingIT {
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

    /** The target's own server: says who it talks to and repeats what it was told. */
    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> answer(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            String line = "target sees " + socket.getInetAddress().getHostAddress() + ": ";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The client went away.
        }
    }

    private int port() {
        return server.getLocalPort();
    }

    private Socket client(String address) throws Exception {
        Socket socket =
                namespaces.onClient(() -> new Socket(InetAddress.getByName(address), port()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** What a client hears that says {@code words} and ends its side. */
    private String talk(String address, String words) throws Exception {
        try (Socket socket = client(address)) {
            socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void subscribe(String mode) throws Exception {
        agent.subscribe(port(), mode).accepted.get(20, TimeUnit.SECONDS);
    }

    private void answerAsApp(TestingAgent.Incoming connection, String words) {
        connection.stream()
                .eventLoop()
                .execute(
                        () -> {
                            connection.stream().write(TestingAgent.text(words));
                            connection.stream().end();
                        });
    }

    @Test
    void aStolenConnectionIsTheApps() throws Exception {
        subscribe("steal");
        for (String address : new String[] {TestingNamespaces.TARGET, TestingNamespaces.TARGET6}) {
            try (Socket socket = client(address)) {
                socket.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                TestingAgent.Incoming connection = agent.awaitIncoming();
                assertThat(connection.mode()).isEqualTo(2);
                assertThat(connection.port()).isEqualTo(port());
                assertThat(connection.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(connection.destination()).isEqualTo(socket.getRemoteSocketAddress());
                assertThat(new String(connection.recorded().awaitAll())).isEqualTo("question");
                answerAsApp(connection, "the app's answer");
                assertThat(new String(socket.getInputStream().readAllBytes()))
                        .isEqualTo("the app's answer");
            }
        }
    }

    /** The connection's first trace is then its third packet, which is no SYN. */
    @Test
    void aConnectionThatBeginsWithASynCookieIsTheAppsToo() throws Exception {
        namespaces.runIn(namespaces.target, "sysctl", "-qw", "net.ipv4.tcp_syncookies=2");
        subscribe("steal");
        try (Socket socket = client(TestingNamespaces.TARGET)) {
            assertThat(agent.awaitIncoming().peer()).isEqualTo(socket.getLocalSocketAddress());
        }
    }

    @Test
    void aKernelWithoutTproxyRedirects(@TempDir Path programs) throws Exception {
        Path nft =
                Files.writeString(
                        programs.resolve("nft"),
                        "#!/bin/sh\nsed -u 's/tproxy to/unknown/g' | PATH=${PATH#*:} nft \"$@\"\n");
        Files.setPosixFilePermissions(nft, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> program =
                new ArrayList<>(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        program.addAll(TestingAgent.java());
        agent.close();
        agent = new TestingAgent(program, "--target-container-id", namespaces.containerId);
        subscribe("steal");
        assertThat(namespaces.runIn(namespaces.target, "nft", "list", "ruleset"))
                .contains("redirect to")
                .doesNotContain("tproxy");
        for (String address : new String[] {TestingNamespaces.TARGET, TestingNamespaces.TARGET6}) {
            try (Socket socket = client(address)) {
                TestingAgent.Incoming connection = agent.awaitIncoming();
                assertThat(connection.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(connection.destination()).isEqualTo(socket.getRemoteSocketAddress());
            }
        }
        agent.refuseIncoming = 111;
        assertThat(talk(TestingNamespaces.TARGET, "hello"))
                .isEqualTo("target sees " + TestingNamespaces.CLIENT + ": hello");
        assertThat(talkFromThePod("127.0.0.1", "hello")).isEqualTo("target sees 127.0.0.1: hello");
        agent.refuseIncoming = 0;
        agent.incoming.clear();
        for (String address : OWN) {
            try (Socket socket = own(address)) {
                TestingAgent.Incoming connection = agent.awaitIncoming();
                assertThat(connection.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(connection.destination()).isEqualTo(socket.getRemoteSocketAddress());
            }
        }
    }

    @Test
    void aConnectionThatWasOpenBeforeStaysWithTheTarget() throws Exception {
        try (Socket before = client(TestingNamespaces.TARGET)) {
            before.getOutputStream().write("one ".getBytes(StandardCharsets.UTF_8));
            subscribe("steal");
            before.getOutputStream().write("two".getBytes(StandardCharsets.UTF_8));
            before.shutdownOutput();
            assertThat(new String(before.getInputStream().readAllBytes())).endsWith(": one two");
        }
    }

    @Test
    void whatTheAppRefusesGoesToTheTargetWithTheClientsAddress() throws Exception {
        agent.refuseIncoming = 111;
        subscribe("steal");
        assertThat(talk(TestingNamespaces.TARGET, "hello"))
                .isEqualTo("target sees " + TestingNamespaces.CLIENT + ": hello");
        assertThat(talk(TestingNamespaces.TARGET6, "hello"))
                .isEqualTo("target sees fd00:211:7:0:0:0:0:3: hello");
    }

    @Test
    void afterTheSubscriptionTheTargetAnswers() throws Exception {
        TestingStream subscription = agent.subscribe(port(), "steal");
        subscription.accepted.get(20, TimeUnit.SECONDS);
        agent.on(subscription, s -> s.end());
        subscription.awaitAll();
        Eventually.within(
                15, () -> talk(TestingNamespaces.TARGET, "hello").startsWith("target sees"));
    }

    @Test
    void whoSubscribesAgainTakesThePortOver() throws Exception {
        for (String mode : new String[] {"steal", "mirror"}) {
            TestingStream first = agent.subscribe(port(), mode);
            first.accepted.get(20, TimeUnit.SECONDS);
            TestingStream second = agent.subscribe(port(), mode);
            second.accepted.get(20, TimeUnit.SECONDS);
            agent.on(first, s -> s.end());
            first.awaitAll();
            try (Socket socket = client(TestingNamespaces.TARGET)) {
                assertThat(agent.awaitIncoming().peer()).isEqualTo(socket.getLocalSocketAddress());
            }
            agent.on(second, s -> s.end());
            second.awaitAll();
        }
    }

    @Test
    void anotherSessionsStealIsRefusedByName() throws Exception {
        subscribe("steal");
        try (TestingAgent other = TestingAgent.of(namespaces)) {
            TestingStream second = other.subscribe(port(), "steal");
            assertThat(second.refused.get(20, TimeUnit.SECONDS).text())
                    .isEqualTo("ann@here steals it in another session");
        }
    }

    @Test
    void aKilledAgentLeavesThePortToTheTargetAndNoFalseEnd() throws Exception {
        subscribe("steal");
        try (Socket cut = client(TestingNamespaces.TARGET)) {
            TestingAgent.Incoming connection = agent.awaitIncoming();
            connection.stream()
                    .eventLoop()
                    .execute(() -> connection.stream().write(TestingAgent.text("half an ans")));
            assertThat(cut.getInputStream().readNBytes(11)).hasSize(11);
            agent.process.destroyForcibly();
            assertThat(failureOf(cut)).contains("reset");
            for (int i = 0; i < 200; i++) {
                assertThat(talk(TestingNamespaces.TARGET, "again")).endsWith(": again");
            }
            Eventually.within(
                    15,
                    () -> namespaces.runIn(namespaces.target, "nft", "list", "ruleset").isEmpty());
        }
    }

    /** The agent takes a while to die: whoever comes meanwhile is not to be turned away. */
    @Test
    void noConnectionIsRefusedWhileTheAgentDies() throws Exception {
        subscribe("steal");
        int clients = 8;
        List<Future<List<String>>> heard = new ArrayList<>();
        AtomicInteger begun = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                heard.add(threads.submit(() -> talkUntilTheTargetAnswers(begun)));
            }
            Eventually.within(15, () -> begun.get() > 40 * clients);
            agent.process.destroyForcibly();
        }
        for (Future<List<String>> each : heard) {
            // What the dying agent had, or its listener's backlog, is reset: once for each client.
            assertThat(each.get()).hasSizeLessThanOrEqualTo(1).allMatch("Connection reset"::equals);
        }
    }

    /** What went wrong until the target answered a hundred times in a row. */
    private List<String> talkUntilTheTargetAnswers(AtomicInteger begun) throws Exception {
        namespaces.ofClient.enter();
        List<String> failures = new ArrayList<>();
        for (int answers = 0; answers < 100; ) {
            begun.incrementAndGet();
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(50);
                socket.connect(new InetSocketAddress(TestingNamespaces.TARGET, port()), 10_000);
                socket.getOutputStream().write('?');
                answers = socket.getInputStream().read() == 't' ? answers + 1 : 0;
            } catch (SocketTimeoutException e) {
                // The agent has it, and nobody answers for the app.
                answers = 0;
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        return failures;
    }

    @Test
    void aStoppedAgentIsOutOfTheWayAfterFiveSeconds() throws Exception {
        subscribe("steal");
        TestingNamespaces.run("kill", "-STOP", Long.toString(agent.process.pid()));
        Instant stopped = Instant.now();
        try {
            Eventually.within(
                    15,
                    () -> {
                        try (Socket socket = client(TestingNamespaces.TARGET)) {
                            socket.setSoTimeout(300);
                            return socket.getInputStream().read() == 't';
                        } catch (java.net.SocketTimeoutException e) {
                            return false;
                        }
                    });
            assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(7));
        } finally {
            TestingNamespaces.run("kill", "-CONT", Long.toString(agent.process.pid()));
        }
    }

    @Test
    void mirroredConnectionsReachTargetAndApp() throws Exception {
        subscribe("mirror");
        String large = "0123456789".repeat(30_000);
        for (String address : new String[] {TestingNamespaces.TARGET, TestingNamespaces.TARGET6}) {
            assertThat(talk(address, large)).startsWith("target sees").endsWith(large);
            TestingAgent.Incoming connection = agent.awaitIncoming();
            assertThat(connection.mode()).isEqualTo(1);
            assertThat(connection.peer().getAddress())
                    .isEqualTo(
                            InetAddress.getByName(
                                    address.contains(":")
                                            ? TestingNamespaces.CLIENT6
                                            : TestingNamespaces.CLIENT));
            assertThat(new String(connection.recorded().awaitAll())).isEqualTo(large);
            answerAsApp(connection, "nobody hears this");
        }
        assertThat(namespaces.runIn(namespaces.target, "nft", "list", "ruleset")).isEmpty();
    }

    private static final List<String> OWN =
            List.of("127.0.0.1", "::1", TestingNamespaces.TARGET, TestingNamespaces.TARGET6);

    private Socket own(String address) throws Exception {
        Socket socket =
                namespaces.onTarget(() -> new Socket(InetAddress.getByName(address), port()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private String talkFromThePod(String address, String words) throws Exception {
        try (Socket socket = own(address)) {
            socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatThePodsOwnContainersSendIsStolenToo() throws Exception {
        subscribe("steal");
        for (String address : OWN) {
            try (Socket socket = own(address)) {
                TestingAgent.Incoming connection = agent.awaitIncoming();
                assertThat(connection.peer()).isEqualTo(socket.getLocalSocketAddress());
                assertThat(connection.destination()).isEqualTo(socket.getRemoteSocketAddress());
                answerAsApp(connection, "the app's answer");
                assertThat(new String(socket.getInputStream().readAllBytes()))
                        .isEqualTo("the app's answer");
            }
        }
    }

    @Test
    void whatTheAppRefusesOfThePodsOwnReachesTheTargetWithItsAddress() throws Exception {
        agent.refuseIncoming = 111;
        subscribe("steal");
        for (String address : OWN) {
            assertThat(talkFromThePod(address, "hello"))
                    .isEqualTo(
                            "target sees "
                                    + InetAddress.getByName(address).getHostAddress()
                                    + ": hello");
            agent.awaitIncoming();
        }
        assertThat(agent.incoming).isEmpty();
    }

    @Test
    void whatTheAppSendsToTheTargetItselfDoesNotComeBackToIt() throws Exception {
        for (String mode : new String[] {"steal", "mirror"}) {
            TestingStream subscription = agent.subscribe(port(), mode);
            subscription.accepted.get(20, TimeUnit.SECONDS);
            for (String address : OWN) {
                TestingStream outgoing = agent.connectTcp(address, port());
                agent.on(
                        outgoing,
                        stream -> {
                            stream.write(TestingAgent.text("myself"));
                            stream.end();
                        });
                assertThat(new String(outgoing.awaitAll())).startsWith("target sees");
            }
            // Whatever was to come has come when this has.
            try (Socket socket = client(TestingNamespaces.TARGET)) {
                socket.getOutputStream().write(1);
                assertThat(agent.awaitIncoming().peer()).isEqualTo(socket.getLocalSocketAddress());
            }
            assertThat(agent.incoming).isEmpty();
            agent.on(subscription, s -> s.end());
            subscription.awaitAll();
        }
    }

    @Test
    void whatThePodsOwnContainersSendIsMirroredOnce() throws Exception {
        subscribe("mirror");
        String large = "0123456789".repeat(30_000);
        for (String address : OWN) {
            assertThat(talkFromThePod(address, large)).endsWith(large);
            TestingAgent.Incoming copy = agent.awaitIncoming();
            assertThat(copy.peer().getAddress()).isEqualTo(InetAddress.getByName(address));
            assertThat(new String(copy.recorded().awaitAll())).isEqualTo(large);
        }
        assertThat(agent.incoming).isEmpty();
    }

    /** One copy, though the agent that steals makes a second connection to the target. */
    @Test
    void whatPassesThroughAnAgentIsMirroredOnce() throws Exception {
        agent.refuseIncoming = 111;
        subscribe("steal");
        try (TestingAgent mirror = TestingAgent.of(namespaces)) {
            mirror.subscribe(port(), "mirror").accepted.get(20, TimeUnit.SECONDS);
            assertThat(talk(TestingNamespaces.TARGET, "from outside")).startsWith("target sees");
            assertThat(talkFromThePod("127.0.0.1", "from inside")).startsWith("target sees");
            assertThat(talkFromThePod("::1", "from inside")).startsWith("target sees");
            for (String words : List.of("from outside", "from inside", "from inside")) {
                assertThat(new String(mirror.awaitIncoming().recorded().awaitAll()))
                        .isEqualTo(words);
            }
            assertThat(mirror.incoming).isEmpty();
        }
    }

    private static String failureOf(Socket socket) {
        try {
            return "read " + socket.getInputStream().read();
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
