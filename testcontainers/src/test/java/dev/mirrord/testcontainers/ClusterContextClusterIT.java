package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;

/** Containers of Testcontainers in the context of the shop's targets. */
class ClusterContextClusterIT {
    private static final String STATIC = "mirrord-test/static-go";
    private static final String GLIBC = "mirrord-test/glibc";

    private static GenericContainer<?> server(String image, int port) {
        return new GenericContainer<>(image)
                .withCommand("probe", "serve", "http=" + port)
                .withExposedPorts(port);
    }

    @Test
    void portsAreMappedAndTheDefaultWaitStrategyWaits() throws Exception {
        try (ClusterContext web = Surroundings.shop("deployment/web");
                GenericContainer<?> app = web.run(server(GLIBC, 8080))) {
            app.start();
            assertThat(get(app, 8080)).contains("hostname: web-");
            assertThat(app.getExposedPorts()).containsExactly(8080);
            assertThat(app.getFirstMappedPort()).isEqualTo(app.getMappedPort(8080));
            assertThat(
                            app.execInContainer("/.mirrord/run", "probe", "get", "http://catalog")
                                    .getStdout())
                    .contains("service: catalog");
            String session = Surroundings.sessionOf(app.getContainerId());
            assertThat(session).isNotBlank();
            app.stop();
            Surroundings.assertNothingLeftOf(session);
        }
    }

    @Test
    void aStaticImageStealsAndAnotherContainerAsks() throws Exception {
        try (ClusterContext web = Surroundings.shop("deployment/web").steal(80);
                ClusterContext client = Surroundings.shop("targetless");
                GenericContainer<?> app =
                        web.run(
                                new GenericContainer<>(STATIC)
                                        .withCommand("serve", "http=80")
                                        .withEnv("SERVICE_NAME", "mine")
                                        .withExposedPorts(80)
                                        .waitingFor(Wait.forHttp("/")));
                GenericContainer<?> asking =
                        client.run(
                                new GenericContainer<>(GLIBC).withCommand("sleep", "infinity"))) {
            Startables.deepStart(app, asking).join();
            assertThat(get(app, 80)).contains("service: mine");
            Surroundings.await(
                    Duration.ofSeconds(20),
                    () -> ask(asking),
                    () -> ask(asking).contains("service: mine"));
        }
    }

    @Test
    void severalContainersRunInParallel() throws Exception {
        List<String> sessions;
        try (ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming()) {
            List<GenericContainer<?>> apps =
                    Stream.of(8080, 8081, 8082)
                            .<GenericContainer<?>>map(port -> web.run(server(GLIBC, port)))
                            .toList();
            Startables.deepStart(apps).join();
            for (int i = 0; i < apps.size(); i++) {
                assertThat(get(apps.get(i), 8080 + i)).contains("hostname: web-");
            }
            sessions =
                    apps.stream().map(app -> Surroundings.sessionOf(app.getContainerId())).toList();
            assertThat(sessions).doesNotHaveDuplicates().hasSize(3);
        }
        sessions.forEach(Surroundings::assertNothingLeftOf);
    }

    @Test
    void otherContainersOfItsNetworkReachItAndAreReached() throws Exception {
        try (Network network = Network.newNetwork();
                ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming();
                GenericContainer<?> local =
                        server(GLIBC, 7000)
                                .withEnv("SERVICE_NAME", "local")
                                .withNetwork(network)
                                .withNetworkAliases("neighbour");
                GenericContainer<?> app =
                        web.run(
                                server(GLIBC, 8080)
                                        .withEnv("SERVICE_NAME", "mine")
                                        .withNetwork(network)
                                        .withNetworkAliases("app"))) {
            Startables.deepStart(local, app).join();
            assertThat(app.execInContainer("probe", "get", "http://neighbour:7000").getStdout())
                    .contains("service: local");
            assertThat(local.execInContainer("probe", "get", "http://app:8080").getStdout())
                    .contains("service: mine");
            web.close();
        }
    }

    @Test
    void itCanBeStartedAgain() throws Exception {
        try (ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming();
                GenericContainer<?> app = web.run(server(GLIBC, 8080))) {
            app.start();
            String first = Surroundings.sessionOf(app.getContainerId());
            app.stop();
            app.start();
            assertThat(get(app, 8080)).contains("hostname: web-");
            assertThat(Surroundings.sessionOf(app.getContainerId())).isNotEqualTo(first);
            Surroundings.assertNothingLeftOf(first);
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaidAndNothingIsLeft() {
        List<String> before = Surroundings.sessions();
        try (ClusterContext none = Surroundings.shop("deployment/wep");
                GenericContainer<?> app = none.run(server(GLIBC, 8080))) {
            assertThatThrownBy(app::start)
                    .rootCause()
                    .hasMessageContaining("wep")
                    .hasMessageContaining("web");
        }
        assertThat(before).containsAll(Surroundings.sessions());
    }

    /** No ryuk: the sidecar ends the app, and the watchdog removes the rest. */
    @Test
    void aKilledTestRunLeavesNothing() throws Exception {
        List<String> agents = Surroundings.agents();
        Process run =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AbandonedRun.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = run.inputReader()) {
            String session =
                    said.lines()
                            .filter(line -> line.startsWith("session "))
                            .map(line -> line.substring(8))
                            .findFirst()
                            .orElseThrow();
            assertThat(Surroundings.agents()).hasSizeGreaterThan(agents.size());
            run.destroyForcibly();
            Surroundings.assertNothingLeftOf(session);
            Surroundings.assertNoAgentsBut(agents);
        } finally {
            run.destroyForcibly();
        }
    }

    private static String ask(GenericContainer<?> from) {
        try {
            return from.execInContainer("/.mirrord/run", "probe", "get", "http://web").getStdout();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String get(GenericContainer<?> app, int port)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://%s:%d/".formatted(app.getHost(), app.getMappedPort(port)));
            return http.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
