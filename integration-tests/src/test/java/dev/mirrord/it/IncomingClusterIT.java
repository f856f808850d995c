package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Point 4: the target's incoming traffic, mirrored, stolen or left alone. App and target have one
 * hostname; they are told apart by their SERVICE_NAME.
 */
class IncomingClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration GIVEN_BACK = Duration.ofSeconds(10);

    private static Client client;

    @BeforeAll
    static void startClient() {
        client = Client.start("mirrord-it-incoming");
    }

    @BeforeEach
    @AfterEach
    void theTargetAnswersAndHasNoRules() {
        Eventually.within(GIVEN_BACK, Node::rulesOfWeb).until(() -> Node.rulesOfWeb().isBlank());
        assertThat(client.askWeb("/")).contains("service: web\n");
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        Cluster.assertNothingLeft();
    }

    /** As another container of the pod would. */
    private static String askInsideWeb(String address) {
        return Pods.inWeb("curl", "-sS", "--max-time", "10", "http://" + address + "/")
                .orFail()
                .out();
    }

    @Test
    void aPortIsStolenWhileTheAppListensOnIt() throws IOException {
        try (Command.Running prober = client.probeWeb();
                Command.Running app =
                        Mirrord.onWeb()
                                .with("--steal")
                                .docker("-i", "-e", "SERVICE_NAME=app", "--entrypoint", "bash")
                                .start(
                                        Mirrord.GLIBC,
                                        "-c",
                                        "echo waits; read; probe listen 80 & read; kill $!; wait;"
                                                + " echo closed; read")) {
            app.awaitOut("waits", START);
            for (int i = 0; i < 5; i++) {
                assertThat(client.askWeb("/")).contains("service: web\n");
            }
            type(app);
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").contains("service: app\n"));
            for (int i = 0; i < 5; i++) {
                assertThat(client.askWeb("/x?y=z"))
                        .contains(
                                "service: app\n", "peer: " + client.address() + ":", "url: /x?y=z");
            }
            assertThat(client.askWeb6("/"))
                    .contains("service: app\n", "peer: [" + client.address6() + "]:");
            assertThat(askInsideWeb("127.0.0.1")).contains("service: app\n", "peer: 127.0.0.1:");
            assertThat(askInsideWeb("[::1]")).contains("service: app\n", "peer: [::1]:");
            assertThat(Node.rulesOfWeb()).contains("tproxy to");
            assertThat(client.askWeb(":9090/")).contains("service: web\n");
            type(app);
            app.awaitOut("closed", START);
            Eventually.within(GIVEN_BACK, app::text)
                    .until(() -> client.askWeb("/").contains("service: web\n"));
            List<String> outcomes = outcomes(prober);
            assertThat(Set.copyOf(outcomes)).contains("web", "app");
            // Three ask at a time: what the app was answering when it was killed is its own loss.
            assertThat(outcomes.stream().filter(each -> !Set.of("web", "app").contains(each)))
                    .hasSizeLessThanOrEqualTo(3)
                    .allMatch(Set.of("cut", "reset")::contains);
            type(app);
            assertThat(app.await(Duration.ofSeconds(30)).exitCode()).isZero();
        }
        assertThat(Node.policyRulesOfWeb()).doesNotContain("fwmark");
    }

    /**
     * The kernel takes the rules away with their owner: only what was in flight is lost, by reset.
     */
    @Test
    void aKilledAgentGivesThePortBackAtOnce() {
        String name = "mirrord-it-killed-agent";
        try (Command.Running app =
                Mirrord.on(Pods.one("app=web"))
                        .with("--steal")
                        .docker("-e", "SERVICE_NAME=app", "--name", name)
                        .start(Mirrord.STATIC, "listen", "80")) {
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").contains("service: app\n"));
            String session = Mirrord.sessionOf(name);
            double[] killed = new double[2];
            List<String> lines;
            try (Command.Running load =
                            client.background("wrk", "-t1", "-c16", "-d6s", "http://web/");
                    Command.Running prober = client.probeWeb()) {
                Eventually.within(START, prober::text)
                        .until(() -> outcomes(prober).stream().filter("app"::equals).count() > 100);
                killed[0] = now();
                Node.killAgent(session);
                killed[1] = now();
                Eventually.within(START, prober::text)
                        .until(() -> outcomes(prober).stream().filter("web"::equals).count() > 100);
                assertThat(load.await(START).out()).contains("requests in");
                lines = prober.out().text().lines().filter(line -> line.contains(" ")).toList();
            }
            assertThat(lines.stream().filter(line -> !isRight(line, killed[0], killed[1])))
                    .as("killed from %s to %s", killed[0], killed[1])
                    .isEmpty();
            // Three ask at a time, and each loses at most what the agent had.
            assertThat(lines.stream().filter(line -> line.endsWith(" reset")))
                    .hasSizeLessThanOrEqualTo(3);
            // Another agent follows, with the same app.
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").contains("service: app\n"));
            assertThat(app.process().isAlive()).isTrue();
        }
    }

    @Test
    void aMirroredPortIsAnsweredByTheTargetWhileTheAppGetsACopy() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("--entrypoint", "python3")
                        .start(Mirrord.GLIBC, "-u", "-m", "http.server", "80")) {
            app.awaitOut("Serving HTTP", START);
            Eventually.within(START, app::text)
                    .until(
                            () -> {
                                assertThat(client.askWeb("/copy")).contains("service: web\n");
                                return app.text().contains("/copy");
                            });
            assertThat(app.text())
                    .contains(client.address() + " - - ")
                    .contains("ports 80, 9090 mirrored");
            assertThat(Node.rulesOfWeb()).isBlank();
            for (int i = 0; i < 10; i++) {
                assertThat(client.askWeb("/each-" + i)).contains("service: web\n");
            }
            Eventually.within(START, app::text).until(() -> app.text().contains("/each-9"));
            assertThat(app.text().lines().filter(line -> line.contains("GET /each-"))).hasSize(10);
        }
    }

    @Test
    void onlyWhatMatchesAFilterIsCopied(@TempDir Path directory) throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "feature: {network: {incoming: {mode: mirror, http_filter: {path_filter:"
                                + " '^/mine'}}}}\n");
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("-f", config.toString())
                        .docker("--entrypoint", "python3")
                        .start(Mirrord.GLIBC, "-u", "-m", "http.server", "80")) {
            app.awaitOut("Serving HTTP", START);
            Eventually.within(START, app::text)
                    .until(
                            () -> {
                                assertThat(client.askWeb("/mine-first")).contains("service: web");
                                return app.text().contains("GET /mine-first");
                            });
            for (int i = 0; i < 5; i++) {
                // One connection, whose requests alternate.
                String answers =
                        client.run(
                                        "curl",
                                        "-4sS",
                                        "http://web/other-" + i,
                                        "http://web/mine-" + i,
                                        "http://web/others-too")
                                .orFail()
                                .out();
                assertThat(answers.lines().filter("service: web"::equals)).hasSize(3);
            }
            Eventually.within(START, app::text).until(() -> app.text().contains("/mine-4"));
            assertThat(app.text().lines().filter(line -> line.matches(".*GET /mine-[0-9].*")))
                    .hasSize(5)
                    .allMatch(line -> line.startsWith(client.address() + " - - "));
            assertThat(app.text()).doesNotContain("GET /other");
            assertThat(Node.rulesOfWeb()).isBlank();
        }
    }

    /** Asks on one connection as long as it lasts, and tells who answers, or that it was reset. */
    private static final String FAITHFUL =
            """
            import http.client, time
            while True:
                connection = http.client.HTTPConnection("web", 80)
                try:
                    while True:
                        connection.request("GET", "/")
                        text = connection.getresponse().read().decode()
                        print(text.split("service: ")[1].split()[0], flush=True)
                        time.sleep(0.05)
                except OSError as failure:
                    print("reset", flush=True)
            """;

    @Test
    void whoIsConnectedAlreadyReachesTheAppWhenConnectionsAreFlushed(@TempDir Path directory)
            throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"), "agent: {flush_connections: true}\n");
        try (Command.Running faithful = client.background("python3", "-c", FAITHFUL)) {
            faithful.awaitOut("web", START);
            try (Command.Running app =
                    Mirrord.onWeb()
                            .with("-f", config.toString(), "--steal")
                            .docker("-e", "SERVICE_NAME=app")
                            .start(Mirrord.STATIC, "listen", "80")) {
                Eventually.within(START, () -> app.text() + faithful.text())
                        .until(() -> faithful.text().contains("app\n"));
                assertThat(faithful.out().text().lines().distinct())
                        .containsExactly("web", "reset", "app");
            }
        }
    }

    @Test
    void offLeavesIncomingAlone(@TempDir Path directory) throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "feature: {network: {incoming: \"off\"}}\n");
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("-f", config.toString())
                        .docker("-i", "--entrypoint", "bash")
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "python3 -u -m http.server 80 2>&1 & read; curl -s"
                                        + " http://127.0.0.1/own >/dev/null; echo asked; read")) {
            app.awaitOut("Serving HTTP", START);
            for (int i = 0; i < 10; i++) {
                assertThat(client.askWeb("/not-for-you")).contains("service: web\n");
            }
            assertThat(Node.rulesOfWeb()).isBlank();
            // A request of its own comes after: what should have come is there by then.
            type(app);
            app.awaitOut("asked", START);
            assertThat(app.text()).contains("/own").doesNotContain("/not-for-you");
        }
    }

    private static void type(Command.Running app) throws IOException {
        app.process().getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
        app.process().getOutputStream().flush();
    }

    private static List<String> outcomes(Command.Running prober) {
        return prober.out()
                .text()
                .lines()
                .filter(line -> line.contains(" "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    /**
     * What was in flight is reset, and every connection that began after is the target's, until
     * there is another agent.
     */
    private static boolean isRight(String line, double before, double after) {
        double begin = Double.parseDouble(line.split(" ")[0]);
        String outcome = line.split(" ")[1];
        if (begin > after) {
            boolean mayHaveNext = begin > after + 1;
            return outcome.equals("web") || (mayHaveNext && outcome.equals("app"));
        }
        return begin < before - 1
                ? outcome.equals("app")
                : Set.of("app", "web", "reset").contains(outcome);
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }
}
