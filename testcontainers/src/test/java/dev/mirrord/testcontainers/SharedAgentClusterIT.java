package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.lifecycle.Startables;

/** The agent of a context is there once, whatever its containers do. */
class SharedAgentClusterIT {
    private static final String GLIBC = "mirrord-test/glibc";

    private static GenericContainer<?> server(int port, String name) {
        return new GenericContainer<>(GLIBC)
                .withCommand("probe", "serve", "http=" + port)
                .withEnv("SERVICE_NAME", name)
                .withExposedPorts(port);
    }

    private static long milliseconds(Runnable task) {
        long begun = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }

    @Test
    void laterContainersDoNotWaitForAnAgent() throws InterruptedException {
        try (ClusterContext client = Surroundings.shop("targetless");
                GenericContainer<?> asking =
                        client.run(
                                new GenericContainer<>(GLIBC).withCommand("sleep", "infinity"))) {
            asking.start();
            List<String> before = Surroundings.agents();
            laterContainersDoNotWait(asking, before, Surroundings.sessions());
            Surroundings.assertNoAgentsBut(before);
        }
    }

    private static void laterContainersDoNotWait(
            GenericContainer<?> asking, List<String> before, List<String> sessions)
            throws InterruptedException {
        try (ClusterContext web = Surroundings.shop("deployment/web").start();
                GenericContainer<?> first = web.run(server(80, "first"));
                GenericContainer<?> second = web.run(server(80, "second"));
                GenericContainer<?> third = web.run(server(80, "third"));
                GenericContainer<?> firstOfAll = server(80, "first of all");
                GenericContainer<?> plain = server(80, "plain")) {
            firstOfAll.start();
            long alone = milliseconds(plain::start);
            first.start();
            awaitSidecars(sessions, 2);
            Thread.sleep(1_000);
            long later = milliseconds(second::start);
            long last = milliseconds(third::start);
            System.out.printf(
                    "docker run %d ms, a second container %d ms, a third at once %d ms%n",
                    alone, later, last);
            // Its agent alone would take longer.
            assertThat(later).isLessThan(alone + 5_000);
            assertThat(Surroundings.agents()).hasSize(before.size() + 1).containsAll(before);

            // Every one of them gets its own copy of what arrives at the pod.
            for (GenericContainer<?> each : List.of(first, second, third)) {
                Surroundings.await(
                        Duration.ofSeconds(20),
                        () -> get(each, 80, "count"),
                        () -> {
                            ask(asking);
                            return Integer.parseInt(get(each, 80, "count").strip()) > 0;
                        });
            }
            first.stop();
            second.stop();
            third.stop();
            assertThat(Surroundings.agents()).hasSize(before.size() + 1);
            third.start();
            assertThat(get(third, 80, "")).contains("service: third");
            assertThat(Surroundings.agents()).hasSize(before.size() + 1);
        }
    }

    @Test
    void whatIsMadeAheadGoesWithTheLastThatRuns() {
        List<String> agents = Surroundings.agents();
        List<String> sessions = Surroundings.sessions();
        try (ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming();
                GenericContainer<?> first = web.run(server(8080, "first"));
                GenericContainer<?> never = web.run(server(8081, "never"))) {
            first.start();
            awaitSidecars(sessions, 2);
            first.stop();
            Surroundings.assertNoAgentsBut(agents);
            awaitSidecars(sessions, 0);
            assertThat(never.getContainerId()).isNull();
        }
    }

    @Test
    void aContainerThatIsChangedMeanwhileIsStartedAsItIs() {
        List<String> agents = Surroundings.agents();
        List<String> sessions = Surroundings.sessions();
        try (ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming();
                GenericContainer<?> first = web.run(server(8080, "first"));
                GenericContainer<?> changed = web.run(server(8081, "before"))) {
            first.start();
            awaitSidecars(sessions, 2);
            changed.withEnv("SERVICE_NAME", "after")
                    .withCommand("probe", "serve", "http=8082")
                    .setExposedPorts(List.of(8082));
            changed.start();
            assertThat(get(changed, 8082, "")).contains("service: after");
            assertThat(Surroundings.agents()).hasSize(agents.size() + 1);
            awaitSidecars(sessions, 2);
        }
        awaitSidecars(sessions, 0);
        Surroundings.assertNoAgentsBut(agents);
    }

    @Test
    void containersThatStartAtOnceShareItAndItGoesWithTheLast() {
        List<String> before = Surroundings.agents();
        try (ClusterContext web = Surroundings.shop("deployment/web").withoutIncoming()) {
            List<GenericContainer<?>> apps =
                    Stream.of(8080, 8081)
                            .<GenericContainer<?>>map(port -> web.run(server(port, "a" + port)))
                            .toList();
            Startables.deepStart(apps).join();
            assertThat(Surroundings.agents()).hasSize(before.size() + 1);
            apps.forEach(GenericContainer::stop);
            Surroundings.assertNoAgentsBut(before);
        }
    }

    /** Waits until there are as many beside those of other sessions. */
    private static void awaitSidecars(List<String> others, int count) {
        Surroundings.await(
                Duration.ofSeconds(30),
                () -> "sessions: " + Surroundings.sessions(),
                () ->
                        Surroundings.sessions().stream()
                                        .filter(session -> !others.contains(session))
                                        .count()
                                == count);
    }

    private static void ask(GenericContainer<?> from) {
        try {
            from.execInContainer("/.mirrord/run", "probe", "get", "http://web");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String get(GenericContainer<?> app, int port, String path) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri =
                    URI.create(
                            "http://%s:%d/%s"
                                    .formatted(app.getHost(), app.getMappedPort(port), path));
            return http.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
