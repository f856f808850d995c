package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target of many pods that come and go, and several sessions on one target. */
class ReplicasClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String MANY = "mirrord-it-many";
    private static final String SHARED = "mirrord-it-shared";

    private static Client client;

    @BeforeAll
    static void deploy() {
        client = Client.start("mirrord-it-replicas");
        Pods.deploy(MANY, 3);
        Pods.deploy(SHARED, 1);
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        try {
            Cluster.assertNothingLeft();
            assertThat(Node.rulesOf("app=" + MANY)).isBlank();
            assertThat(Node.rulesOf("app=" + SHARED)).isBlank();
        } finally {
            Pods.remove(MANY);
            Pods.remove(SHARED);
        }
    }

    @Test
    void everyPodsTrafficReachesTheAppWhateverBecomesOfThePods() throws IOException {
        try (Command.Running app =
                Mirrord.on("deployment/" + MANY)
                        .with("--steal")
                        .docker("-i", "-e", "SERVICE_NAME=app", "--entrypoint", "bash")
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "probe listen 80 & while read line; do curl -sS --max-time 5"
                                        + " http://web/ | grep service; done; kill $!")) {
            app.awaitErr("incoming traffic comes from 3 pods: ", START);
            allAnswerAs("app", 3, app);
            try (Command.Running prober = client.probe(MANY)) {
                Eventually.within(START, prober::text).until(() -> count(prober, "app") > 100);
                Pods.scale(MANY, 4);
                allAnswerAs("app", 4, app);
                // Of a pod just born a few requests may be its own; none is lost.
                assertThat(outcomes(prober)).isSubsetOf("app", MANY);
                assertThat(count(prober, "app")).isGreaterThan(100);
            }
            Pods.scale(MANY, 3);
            allAnswerAs("app", 3, app);

            Command.kubectl("delete", "pod", "-n", "shop", primary(app), "--wait=false").orFail();
            app.awaitErr("outgoing connections and DNS go through pod ", START);
            ask(app, "service: web");
            allAnswerAs("app", 3, app);

            String killed = job(app);
            Node.killAgentOfJob(killed);
            assertThat(answers()).contains(MANY).isSubsetOf("app", MANY);
            allAnswerAs("app", 3, app);
            ask(app, "service: web\nservice: web");
            assertThat(jobs(app)).hasSize(3).doesNotContain(killed);

            app.process().getOutputStream().close();
            assertThat(app.await(Duration.ofSeconds(30)).exitCode()).isZero();
            allAnswerAs(MANY, 3, app);
        }
    }

    @Test
    void aPortIsOneSessionsUntilItEndsAndOtherPortsAreFree() throws IOException {
        String target = Pods.one("app=" + SHARED);
        String address = Pods.addresses("app=" + SHARED).getFirst();
        Command.Running first = listen(target, "first", "--steal", "80");
        try (Command.Running mirror = listen(target, "copy", "-q", "80")) {
            answersAs("first", address, first);
            try (Command.Running second = listen(target, "second", "--steal", "80 http=8080")) {
                second.awaitErr(
                        "port 80 of the target cannot be stolen: "
                                + System.getProperty("user.name")
                                + "@",
                        START);
                assertThat(second.text()).contains(" steals it in another session; ");
                answersAs("second", address + ":8080", second);
                assertThat(client.serviceAt(address)).isEqualTo("first");

                first.signal("KILL");
                answersAs("second", address, second);
                second.awaitErr("port 80 of the target is free", START);
                assertThat(mirror.process().isAlive()).isTrue();
            }
            answersAs(SHARED, address, mirror);
        } finally {
            first.close();
        }
    }

    @Test
    void sessionsWithFiltersShareAPortAndOneHasTheRest(@TempDir Path directory) throws IOException {
        String target = Pods.one("app=" + SHARED);
        String address = Pods.addresses("app=" + SHARED).getFirst();
        try (Command.Running ann = listen(target, "ann", filter(directory, "ann"), "80");
                Command.Running bob = listen(target, "bob", filter(directory, "bob"), "80")) {
            try (Command.Running rest = listen(target, "rest", "--steal", "80")) {
                for (String user : List.of("ann", "bob", "rest")) {
                    String wanted = "service: " + user;
                    Eventually.within(START, () -> ann.text() + bob.text() + rest.text())
                            .until(() -> ask(address, user).contains(wanted));
                    assertThat(ask(address, user)).contains("peer: " + client.address() + ":");
                }
            }
            assertThat(ask(address, "eve"))
                    .contains("service: " + SHARED, "peer: " + client.address() + ":");
            ann.signal("KILL");
            Eventually.within(START, ann::text)
                    .until(() -> ask(address, "ann").contains("service: " + SHARED));
            assertThat(ask(address, "bob")).contains("service: bob");
        }
    }

    private static String filter(Path directory, String user) throws IOException {
        return "--config-file="
                + Files.writeString(
                        directory.resolve(user + ".yaml"),
                        """
                        feature:
                          network:
                            incoming:
                              mode: steal
                              http_filter: {header_filter: "^x-user: %s$"}
                        """
                                .formatted(user));
    }

    private static String ask(String address, String user) {
        return client.run(
                        "curl",
                        "-sS",
                        "--max-time",
                        "5",
                        "-H",
                        "X-User: " + user,
                        "http://" + address + "/")
                .out();
    }

    @Test
    void thePodsSessionGoesOnWithItsRestartedContainer() throws IOException {
        String address = Pods.addresses("app=" + SHARED).getFirst();
        try (Command.Running app =
                Mirrord.on(Pods.one("app=" + SHARED))
                        .with("--steal")
                        .docker("-i", "-e", "SERVICE_NAME=app", "--entrypoint", "bash")
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "probe listen 80 & while read line; do curl -sS --max-time 5"
                                        + " http://web/ | grep service; done; kill $!")) {
            answersAs("app", address, app);
            Node.killContainer("app=" + SHARED);
            // The target's own answer tells that the old agent has let go.
            answersAs(SHARED, address, app);
            answersAs("app", address, app);
            ask(app, "service: web");
            app.process().getOutputStream().close();
            assertThat(app.await(Duration.ofSeconds(30)).exitCode()).isZero();
        }
    }

    private static Command.Running listen(
            String target, String service, String option, String ports) {
        String words = "http=" + ports;
        return Mirrord.on(target)
                .with(option)
                .docker("-e", "SERVICE_NAME=" + service)
                .start(
                        Mirrord.STATIC,
                        java.util.stream.Stream.concat(
                                        java.util.stream.Stream.of("serve"),
                                        java.util.stream.Stream.of(words.split(" ")))
                                .toArray(String[]::new));
    }

    private static void answersAs(String service, String address, Command.Running app) {
        Eventually.within(START, app::text).until(() -> client.serviceAt(address).equals(service));
    }

    private static void allAnswerAs(String service, int pods, Command.Running app) {
        Eventually.within(START, () -> answers() + app.text())
                .until(
                        () -> {
                            List<String> answers = answers();
                            return answers.size() == pods
                                    && answers.stream().allMatch(service::equals);
                        });
    }

    private static List<String> answers() {
        return Pods.addresses("app=" + MANY).stream().map(client::serviceAt).toList();
    }

    /** Has the app ask the web service, and waits for what all its questions were answered. */
    private static void ask(Command.Running app, String answers) throws IOException {
        app.process().getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
        app.process().getOutputStream().flush();
        app.awaitOut(answers, START);
    }

    private static String primary(Command.Running app) {
        Matcher pod = Pattern.compile("mirrord: pod shop/(\\S+), ").matcher(app.err().text());
        assertThat(pod.find()).isTrue();
        return pod.group(1);
    }

    private static String job(Command.Running app) {
        return jobs(app).getLast();
    }

    private static List<String> jobs(Command.Running app) {
        String pods =
                Command.kubectl(
                                "get",
                                "pods",
                                "-n",
                                "shop",
                                "-l",
                                "dev.mirrord/session in (" + String.join(",", Sessions.ids()) + ")",
                                "--field-selector=status.phase=Running",
                                "-o",
                                "jsonpath={.items[*].metadata.labels.job-name}")
                        .orFail()
                        .outLine();
        assertThat(pods).as(app::text).isNotEmpty();
        return List.of(pods.split(" "));
    }

    private static long count(Command.Running prober, String outcome) {
        return prober.out().text().lines().filter(line -> line.endsWith(" " + outcome)).count();
    }

    private static Set<String> outcomes(Command.Running prober) {
        return prober.out()
                .text()
                .lines()
                .filter(line -> line.contains(" "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .collect(java.util.stream.Collectors.toSet());
    }
}
