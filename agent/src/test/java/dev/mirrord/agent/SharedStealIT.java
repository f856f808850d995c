package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several sessions steal from one port, each with a filter of its own. */
class SharedStealIT {
    private static final int PORT = 8080;
    private static final int SESSIONS = 3;

    private final List<TestingAgent> agents = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private TestingNamespaces namespaces;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        servers.add(namespaces.onTarget(() -> serve("target", "0.0.0.0")));
        for (int i = 1; i <= SESSIONS; i++) {
            String address = "127.0.0." + i;
            String name = "app" + i;
            servers.add(namespaces.onClient(() -> serve(name, address)));
            TestingAgent agent = TestingAgent.of(namespaces);
            agents.add(withApp(agent, address));
        }
    }

    private TestingAgent withApp(TestingAgent agent, String address) throws Exception {
        agent.group()
                .next()
                .submit(
                        () -> {
                            namespaces.ofClient.enter();
                            return "";
                        })
                .get();
        agent.app = InetAddress.getByName(address);
        return agent;
    }

    @AfterEach
    void stop() throws Exception {
        for (TestingAgent agent : agents) {
            agent.close();
        }
        servers.forEach(server -> server.stop(0));
        namespaces.close();
    }

    /** Says its name and who asks. */
    private static HttpServer serve(String name, String address) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, PORT), 100);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        byte[] answer =
                                (name + " " + exchange.getRemoteAddress().getAddress())
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, answer.length);
                        exchange.getResponseBody().write(answer);
                    }
                });
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server;
    }

    private TestingStream steal(int session, @Nullable String user) throws Exception {
        TestingStream subscription = ask(session, user);
        subscription.accepted.get(20, TimeUnit.SECONDS);
        return subscription;
    }

    private TestingStream ask(int session, @Nullable String user) throws Exception {
        TestingAgent agent = agents.get(session - 1);
        return user == null
                ? agent.subscribe(PORT, "steal")
                : agent.subscribe(
                        PORT,
                        "steal",
                        "{\"match\":{\"header\":\"^x-user: %s$\"},\"detectMillis\":2000}"
                                .formatted(user));
    }

    private String get(String user) throws Exception {
        return namespaces.onClient(() -> getHere(TestingNamespaces.TARGET, user));
    }

    /** On a connection of its own. */
    private static String getHere(String address, String user) throws IOException {
        try (Socket socket = new Socket(address, PORT)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: x\r\nX-User: %s\r\nConnection: close\r\n\r\n"
                                    .formatted(user)
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.US_ASCII);
            return text.substring(text.indexOf("\r\n\r\n") + 4);
        }
    }

    @Test
    void eachSessionGetsItsOwnRequestsAndTheTargetTheRestFromTheClient() throws Exception {
        steal(1, "ann");
        steal(2, "bob");
        steal(3, "cem");
        for (int i = 0; i < 5; i++) {
            assertThat(get("cem")).startsWith("app3 ");
            assertThat(get("ann")).startsWith("app1 ");
            assertThat(get("bob")).startsWith("app2 ");
            assertThat(get("eve")).isEqualTo("target /" + TestingNamespaces.CLIENT);
        }
        assertThat(agents.get(2).awaitIncoming().peer().getAddress())
                .isEqualTo(InetAddress.getByName(TestingNamespaces.CLIENT));
        for (String own : List.of("127.0.0.1", TestingNamespaces.TARGET)) {
            assertThat(namespaces.onTarget(() -> getHere(own, "cem"))).startsWith("app3 ");
            assertThat(namespaces.onTarget(() -> getHere(own, "eve"))).isEqualTo("target /" + own);
        }
    }

    @Test
    void whoAsksForTheWholePortGetsWhatFiltersLeave() throws Exception {
        steal(2, null);
        steal(1, "ann");
        assertThat(get("ann")).startsWith("app1 ");
        assertThat(get("eve")).startsWith("app2 ");
        assertThat(ask(3, null).refused.get(20, TimeUnit.SECONDS).text())
                .isEqualTo("ann@here steals it in another session");
    }

    @Test
    void requestsOfTwoFiltersAreThoseOfTheEarlierPlace() throws Exception {
        TestingStream first = steal(3, "ann");
        steal(1, "ann");
        assertThat(get("ann")).startsWith("app3 ");
        agents.get(2).on(first, stream -> stream.end());
        Eventually.within(20, () -> get("ann").startsWith("app1 "));
        // The first place is free again.
        steal(2, "ann");
        assertThat(get("ann")).startsWith("app2 ");
    }

    @Test
    void aFilterThatComesOrGoesChangesThePlace() throws Exception {
        steal(1, "ann");
        steal(2, null);
        TestingStream refused = ask(1, null);
        refused.refused.get(20, TimeUnit.SECONDS);
        assertThat(get("ann")).startsWith("app1 ");
        steal(2, "ann");
        assertThat(get("eve")).startsWith("target ");
        steal(1, null);
        assertThat(get("ann")).startsWith("app2 ");
        assertThat(get("eve")).startsWith("app1 ");
    }

    @Test
    void clientsOfOneAgentAreKeptApartAsSessionsAre() throws Exception {
        agents.get(1).close();
        TestingAgent second = withApp(agents.get(0).with("second"), "127.0.0.2");
        agents.set(1, second);
        steal(1, "ann");
        steal(2, "bob");
        assertThat(get("ann")).startsWith("app1 ");
        assertThat(get("bob")).startsWith("app2 ");
        assertThat(get("eve")).startsWith("target ");
        steal(2, null);
        assertThat(get("ann")).startsWith("app1 ");
        assertThat(get("bob")).startsWith("app2 ");
        assertThat(ask(1, null).refused.get(20, TimeUnit.SECONDS).text())
                .isEqualTo("ann@here steals it in another session");
        second.tunnel.channel().close().sync();
        Eventually.within(20, () -> get("bob").startsWith("target "));
        assertThat(get("ann")).startsWith("app1 ");
    }

    /** A test suite may have thousands of clients of one agent. */
    @Test
    void aClientThatHasGoneLeavesNothingInItsAgent() throws Exception {
        agents.get(0).close();
        TestingAgent first =
                withApp(
                        new TestingAgent(
                                TestingAgent.java(),
                                "--target-container-id",
                                namespaces.containerId,
                                "--communication-timeout",
                                "2"),
                        "127.0.0.1");
        agents.set(0, first);
        steal(1, "ann");
        first.subscribe(PORT + 1, "mirror").accepted.get(20, TimeUnit.SECONDS);
        String before = threadsOf(first) + listenersOfTarget();
        TestingAgent second = first.with("second");
        second.subscribe(PORT, "steal").accepted.get(20, TimeUnit.SECONDS);
        second.subscribe(PORT + 2, "mirror").accepted.get(20, TimeUnit.SECONDS);
        second.subscribeUdp(PORT, "steal").accepted.get(20, TimeUnit.SECONDS);
        assertThat(threadsOf(first) + listenersOfTarget()).isNotEqualTo(before);
        second.tunnel.channel().close().sync();
        Eventually.within(20, () -> (threadsOf(first) + listenersOfTarget()).equals(before));
        assertThat(get("ann")).startsWith("app1 ");
    }

    /** The names of those that serve subscriptions. */
    private static List<String> threadsOf(TestingAgent agent) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + agent.process.pid() + "/task"))) {
            return tasks.map(SharedStealIT::nameOf)
                    .filter(name -> name.startsWith("steal") || name.startsWith("mirror"))
                    .sorted()
                    .toList();
        }
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "gone";
        }
    }

    private String listenersOfTarget() throws Exception {
        return namespaces.runIn(namespaces.target, "ss", "-Hlntu");
    }

    private record Outcome(long begin, String user, String heard) {}

    /** Asks on one new connection after the other. */
    private List<Outcome> load(String user, AtomicBoolean over) throws Exception {
        namespaces.ofClient.enter();
        List<Outcome> outcomes = new ArrayList<>();
        while (!over.get()) {
            long begin = System.nanoTime();
            String heard;
            try {
                heard = getHere(TestingNamespaces.TARGET, user);
            } catch (IOException e) {
                heard = String.valueOf(e.getMessage());
            }
            outcomes.add(new Outcome(begin, user, heard));
        }
        return outcomes;
    }

    @Test
    void oneThatIsKilledLeavesTheOthersToTheirWork() throws Exception {
        steal(1, "ann");
        steal(2, "bob");
        steal(3, "cem");
        AtomicBoolean over = new AtomicBoolean();
        List<Future<List<Outcome>>> loads = new ArrayList<>();
        long dead;
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (String user : List.of("ann", "bob", "cem", "eve")) {
                loads.add(threads.submit(() -> load(user, over)));
            }
            try {
                Eventually.within(20, () -> agents.get(1).incoming.size() > 50);
                agents.get(1).process.destroyForcibly().waitFor();
                dead = System.nanoTime();
                int before = agents.get(2).incoming.size();
                Eventually.within(20, () -> agents.get(2).incoming.size() > before + 100);
            } finally {
                over.set(true);
            }
        }
        for (Future<List<Outcome>> load : loads) {
            List<Outcome> after = load.get().stream().filter(each -> each.begin() > dead).toList();
            assertThat(after).hasSizeGreaterThan(20);
            assertThat(after)
                    .allSatisfy(
                            each ->
                                    assertThat(each.heard())
                                            .startsWith(
                                                    switch (each.user()) {
                                                        case "ann" -> "app1 ";
                                                        case "cem" -> "app3 ";
                                                        default -> "target ";
                                                    }));
        }
        // Its place is free again.
        agents.get(1).close();
        agents.set(1, TestingAgent.of(namespaces));
        steal(2, "eve");
        assertThat(namespaces.runIn(namespaces.target, "nft", "list", "tables"))
                .contains("mirrord-port-8080-2");
    }

    @Test
    void oneThatHangsIsPassedOverAfterFiveSeconds() throws Exception {
        steal(1, "ann");
        steal(2, "bob");
        steal(3, "cem");
        TestingNamespaces.run("kill", "-STOP", Long.toString(agents.get(1).process.pid()));
        Instant stopped = Instant.now();
        try {
            Eventually.within(
                    20,
                    () ->
                            Duration.between(stopped, Instant.now()).toMillis() > 5_500
                                    && get("cem").startsWith("app3 "));
            assertThat(get("ann")).startsWith("app1 ");
            assertThat(get("bob")).startsWith("target ");
        } finally {
            TestingNamespaces.run("kill", "-CONT", Long.toString(agents.get(1).process.pid()));
        }
        Eventually.within(20, () -> get("bob").startsWith("app2 "));
    }
}
