package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real nginxes as target and app, real clients, and a filter between them. */
class FilteredStealIT {
    private static final int PORT = 8080;
    private static final int PORT2 = 8081;
    private static final String FILTER =
            "{\"match\":{\"header\":\"^x-user: alice$\"},\"detectMillis\":500}";

    private TestingNamespaces namespaces;
    private TestingAgent agent;
    private TestingNginx target;
    private TestingNginx app;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        target =
                TestingNginx.start(
                        List.of("ip", "netns", "exec", namespaces.target), "target", PORT, PORT2);
        app =
                TestingNginx.start(
                        List.of("ip", "netns", "exec", namespaces.client), "app", PORT, PORT2);
        // The app's side: a connection made in the client's namespace reaches the app's nginx.
        agent = TestingAgent.of(namespaces);
        agent.group().next().submit(() -> enterClient()).get();
        agent.app = InetAddress.getByName("127.0.0.1");
        for (String address : List.of(TestingNamespaces.TARGET, "127.0.0.1")) {
            namespaces.onClient(
                    () -> {
                        TestingNginx.await(new InetSocketAddress(address, PORT));
                        return null;
                    });
        }
    }

    private Object enterClient() throws Exception {
        namespaces.ofClient.enter();
        return "";
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        target.close();
        app.close();
        namespaces.close();
    }

    private TestingStream subscribe(String filter) throws Exception {
        return subscribe(PORT, filter);
    }

    private TestingStream subscribe(int port, String filter) throws Exception {
        TestingStream subscription = agent.subscribe(port, "steal", filter);
        subscription.accepted.get(20, TimeUnit.SECONDS);
        return subscription;
    }

    private String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "10"));
        command.addAll(List.of(arguments));
        return namespaces.runIn(namespaces.client, command.toArray(String[]::new));
    }

    private static String url(String path) {
        return "http://" + TestingNamespaces.TARGET + ":" + PORT + path;
    }

    private Socket connect() throws Exception {
        Socket socket =
                namespaces.onClient(
                        () -> new Socket(InetAddress.getByName(TestingNamespaces.TARGET), PORT));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void say(Socket socket, String words) throws Exception {
        socket.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One answer with a content length. */
    private static String answer(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                return head + "<end>";
            }
            head.append((char) read);
        }
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        assertThat(length.find()).isTrue();
        byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    @Test
    void requestsThatMatchAreTheAppsAllOthersTheTargetsWithTheClientsAddress() throws Exception {
        subscribe(FILTER);
        assertThat(curl(url("/a"), "-H", "X-User: alice")).startsWith("app GET /a ");
        assertThat(curl(url("/b"), "-H", "X-User: bob"))
                .isEqualTo("target GET /b " + TestingNamespaces.CLIENT + "\n");
        assertThat(curl(url("/c"), url("/d"), "-H", "x-user:alice"))
                .contains("app GET /c ")
                .contains("app GET /d ");
    }

    /** Two connections with the same ends would break each other. */
    @Test
    void theTargetIsAskedFromNoPortThatTheClientHasItself() throws Exception {
        subscribe(FILTER);
        int first = 40_000;
        int ports = 16;
        namespaces.runIn(
                namespaces.target,
                "sysctl",
                "-qw",
                "net.ipv4.ip_local_port_range=%d %d".formatted(first, first + ports - 1));
        List<Socket> live = new ArrayList<>();
        try {
            for (int port = first; port < first + ports; port++) {
                live.add(connectFrom(port));
                say(live.getLast(), "GET /a HTTP/1.1\r\nHost: x\r\nX-User: alice\r\n\r\n");
                assertThat(answer(live.getLast().getInputStream())).startsWith("app GET /a ");
            }
            for (int i = 0; i < 20; i++) {
                assertThat(curl(url("/b"), "-H", "X-User: bob"))
                        .isEqualTo("target GET /b " + TestingNamespaces.CLIENT + "\n");
            }
            for (Socket socket : live) {
                say(socket, "GET /c HTTP/1.1\r\nHost: x\r\nX-User: bob\r\n\r\n");
                assertThat(answer(socket.getInputStream())).startsWith("target GET /c ");
            }
        } finally {
            for (Socket socket : live) {
                socket.close();
            }
        }
    }

    private Socket connectFrom(int port) throws Exception {
        Socket socket =
                namespaces.onClient(
                        () ->
                                new Socket(
                                        InetAddress.getByName(TestingNamespaces.TARGET),
                                        PORT,
                                        InetAddress.getByName(TestingNamespaces.CLIENT),
                                        port));
        socket.setSoTimeout(10_000);
        return socket;
    }

    @Test
    void requestsOfOneConnectionAlternate() throws Exception {
        subscribe(FILTER);
        try (Socket socket = connect()) {
            for (int i = 0; i < 20; i++) {
                boolean alice = i % 3 == 0;
                say(
                        socket,
                        "GET /%d HTTP/1.1\r\nHost: x\r\nX-User: %s\r\n\r\n"
                                .formatted(i, alice ? "alice" : "bob"));
                assertThat(answer(socket.getInputStream()))
                        .startsWith((alice ? "app" : "target") + " GET /" + i + " ");
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        subscribe(FILTER);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            all.append(
                    "POST /%d HTTP/1.1\r\nHost: x\r\nX-User: %s\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                            .formatted(i, i / 2 % 2 == 0 ? "alice" : "bob"));
        }
        // As pieces that end anywhere.
        try (Socket socket = connect()) {
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            for (int at = 0; at < all.length(); at += 7) {
                                                say(
                                                        socket,
                                                        all.substring(
                                                                at,
                                                                Math.min(at + 7, all.length())));
                                            }
                                        } catch (Exception e) {
                                            throw new IllegalStateException(e);
                                        }
                                    });
            for (int i = 0; i < 60; i++) {
                assertThat(answer(socket.getInputStream()))
                        .startsWith((i / 2 % 2 == 0 ? "app" : "target") + " POST /" + i + " ");
            }
            writer.join();
        }
    }

    @Test
    void largeAnswersAndBodiesPassWhole() throws Exception {
        subscribe(FILTER);
        for (String user : List.of("alice", "bob")) {
            assertThat(curl(url("/large"), "-H", "X-User: " + user))
                    .isEqualTo("0123456789".repeat(200_000));
            assertThat(
                            curl(
                                    url("/echo"),
                                    "-H",
                                    "X-User: " + user,
                                    "-H",
                                    "Expect: 100-continue",
                                    "--data-binary",
                                    "@/usr/bin/curl"))
                    .startsWith((user.equals("alice") ? "app " : "target "));
        }
    }

    @Test
    void headAndConditionalRequestsLeaveTheConnectionInStep() throws Exception {
        subscribe(FILTER);
        try (Socket socket = connect()) {
            for (String user : List.of("alice", "bob", "alice")) {
                say(
                        socket,
                        "HEAD /h HTTP/1.1\r\nHost: x\r\nX-User: %1$s\r\n\r\nGET /g HTTP/1.1\r\nHost: x\r\nX-User: %1$s\r\n\r\n"
                                .formatted(user));
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) socket.getInputStream().read());
                }
                assertThat(answer(socket.getInputStream()))
                        .startsWith((user.equals("alice") ? "app" : "target") + " GET /g ");
            }
        }
    }

    @Test
    void whatIsNotHttpOrMalformedReachesTheTargetUnchanged() throws Exception {
        subscribe(FILTER);
        for (String words :
                List.of(
                        "*1\r\n$4\r\nPING\r\n",
                        "GET / HTTP/1.1\nHost: x\nX-User: alice\n\n",
                        "GET /x HTTP/1.1\r\n"
                                + "Host: x\r\n"
                                + "X-User: alice\r\n"
                                + "Content-Length: 1\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n",
                        "GET /partial HTT")) {
            String expected = namespaces.onTarget(() -> heard(words));
            String heard = namespaces.onClient(() -> heard(words));
            assertThat(heard.replaceFirst("Date: .*", ""))
                    .isEqualTo(
                            expected.replaceFirst("Date: .*", "")
                                    .replace(TestingNamespaces.TARGET, TestingNamespaces.CLIENT));
        }
        assertThat(agent.incoming).isEmpty();
    }

    private static String heard(String words) throws Exception {
        try (Socket socket = new Socket(TestingNamespaces.TARGET, PORT)) {
            socket.setSoTimeout(10_000);
            say(socket, words);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anAppThatDoesNotTakeItLeavesItToTheTarget() throws Exception {
        subscribe(FILTER);
        agent.refuseIncoming = 111;
        assertThat(curl(url("/a"), "-H", "X-User: alice")).startsWith("target GET /a ");
    }

    @Test
    void theBodyDecides() throws Exception {
        subscribe(
                "{\"match\":{\"all\":[{\"method\":\"POST\"},{\"body\":\"^alice$\",\"query\":[{\"select\":[{\"name\":\"user\"}]}]}]}}");
        String json = "Content-Type: application/json";
        assertThat(curl(url("/p"), "-H", json, "-d", "{\"user\":\"alice\"}")).startsWith("app ");
        assertThat(curl(url("/p"), "-H", json, "-d", "{\"user\":\"bob\"}")).startsWith("target ");
        assertThat(
                        curl(
                                url("/p"),
                                "-H",
                                json,
                                "-H",
                                "Transfer-Encoding: chunked",
                                "-d",
                                "{\"user\":\"alice\"}"))
                .startsWith("app ");
        assertThat(curl(url("/p"))).startsWith("target GET");
        assertThat(curl(url("/p"), "-d", "no json")).startsWith("target ");
    }

    @Test
    void probesStayWithTheTargetUnlessAskedFor() throws Exception {
        subscribe("{\"match\":{\"path\":\"^/health\"}}");
        assertThat(curl(url("/health"))).startsWith("app ");
        assertThat(curl(url("/health"), "-A", "kube-probe/1.34")).startsWith("target ");
        subscribe("{\"match\":{\"path\":\"^/health\"},\"probes\":true}");
        assertThat(curl(url("/health"), "-A", "kube-probe/1.34")).startsWith("app ");
    }

    @Test
    void theAnswerTellsWhoseItIsWhenAsked() throws Exception {
        subscribe("{\"match\":{\"path\":\"^/a\"},\"inject\":true}");
        assertThat(curl("-i", url("/a"))).contains("Mirrord-Agent: forwarded-to-client");
        assertThat(curl("-i", url("/b"))).contains("Mirrord-Agent: passed-through");
    }

    @Test
    void aChangedFilterHoldsForTheNextRequestOfAConnection() throws Exception {
        subscribe(FILTER);
        String request = "GET /a HTTP/1.1\r\nHost: x\r\nX-User: alice\r\n\r\n";
        try (Socket socket = connect()) {
            say(socket, request);
            assertThat(answer(socket.getInputStream())).startsWith("app ");
            TestingStream second = subscribe("{\"match\":{\"path\":\"^/other\"}}");
            say(socket, request);
            assertThat(answer(socket.getInputStream())).startsWith("target ");
            agent.on(second, s -> s.end());
            second.awaitAll();
            say(socket, request.replace("/a", "/other"));
            assertThat(answer(socket.getInputStream())).startsWith("target ");
        }
    }

    @Test
    void http2StreamsAreTheAppsOrTheTargetsWithTheClientsAddress() throws Exception {
        subscribe(PORT2, FILTER);
        String http2 = "http://" + TestingNamespaces.TARGET + ":" + PORT2;
        assertThat(curl("--http2-prior-knowledge", "-H", "X-User: alice", http2 + "/a"))
                .startsWith("app GET /a ");
        assertThat(curl("--http2-prior-knowledge", "-w", "%{http_version}", http2 + "/b"))
                .isEqualTo("target GET /b " + TestingNamespaces.CLIENT + "\n2");
        for (String user : List.of("alice", "bob")) {
            assertThat(curl("--http2-prior-knowledge", "-H", "X-User: " + user, http2 + "/large"))
                    .isEqualTo("0123456789".repeat(200_000));
        }
        agent.refuseIncoming = 111;
        assertThat(curl("--http2-prior-knowledge", "-H", "X-User: alice", http2 + "/a"))
                .startsWith("target GET /a ");
    }

    @Test
    void anUpgradeToHttp2IsNotOfferedSoThatRequestsCanBeJudged() throws Exception {
        subscribe(FILTER);
        assertThat(curl("--http2", url("/a"), "-H", "X-User: alice")).startsWith("app GET /a ");
        assertThat(curl("--http2", url("/a"))).startsWith("target GET /a ");
    }

    /** Begin, change, end, and the end of the agent, all under load that is not meant. */
    @Test
    void noRequestOfTheTargetsFailsWhateverTheSessionDoes() throws Exception {
        Process wrk =
                new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                namespaces.client,
                                "wrk",
                                "-t1",
                                "-c8",
                                "-d6s",
                                url("/w"))
                        .redirectErrorStream(true)
                        .start();
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Integer>> checked = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (String user : List.of("bob", "carol")) {
                checked.add(threads.submit(() -> askUntil(stop, user)));
            }
            for (int i = 0; i < 3; i++) {
                TestingStream first = subscribe(FILTER);
                assertThat(curl(url("/a"), "-H", "X-User: alice")).startsWith("app ");
                TestingStream second = subscribe("{\"match\":{\"path\":\"^/other\"}}");
                assertThat(curl(url("/other"))).startsWith("app ");
                agent.on(first, s -> s.end());
                agent.on(second, s -> s.end());
                second.awaitAll();
            }
            subscribe(FILTER);
            assertThat(curl(url("/a"), "-H", "X-User: alice")).startsWith("app ");
            agent.process.destroy();
            agent.process.waitFor();
            String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            stop.set(true);
            assertThat(said).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
            for (Future<Integer> each : checked) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isGreaterThan(1_000);
            }
        }
    }

    /** Keeps its connection while it may, and looks at each answer's every byte. */
    private int askUntil(AtomicBoolean stop, String user) throws Exception {
        namespaces.ofClient.enter();
        int asked = 0;
        while (!stop.get()) {
            try (Socket socket = new Socket(TestingNamespaces.TARGET, PORT)) {
                socket.setSoTimeout(10_000);
                String head = "";
                while (!stop.get() && !head.contains("Connection: close")) {
                    String path = "/" + asked++;
                    say(
                            socket,
                            "GET %s HTTP/1.1\r\nHost: x\r\nX-User: %s\r\n\r\n"
                                    .formatted(path, user));
                    String body = "target GET " + path + " " + TestingNamespaces.CLIENT + "\n";
                    StringBuilder read = new StringBuilder();
                    while (read.indexOf("\r\n\r\n") < 0) {
                        int next = socket.getInputStream().read();
                        if (next < 0) {
                            throw new AssertionError("end of file after " + read);
                        }
                        read.append((char) next);
                    }
                    head = read.toString();
                    assertThat(head)
                            .startsWith("HTTP/1.1 200 OK\r\n")
                            .contains("Content-Length: " + body.length() + "\r\n");
                    assertThat(new String(socket.getInputStream().readNBytes(body.length())))
                            .isEqualTo(body);
                }
            }
        }
        return asked;
    }
}
