package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services of docker compose in the context of targets of the shop. */
class ComposeClusterIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAME = "mirrord-it-compose";

    @TempDir Path directory;

    @AfterEach
    void nothingIsLeftInTheCluster() {
        Cluster.assertNothingLeft();
    }

    @Test
    void composeAloneRunsAServiceInItsContextWithTheOverrideFile() throws IOException {
        try (Client client = Client.start("mirrord-it-compose");
                ComposeProject project =
                        new ComposeProject(
                                directory,
                                NAME,
                                """
                                services:
                                  web:
                                    image: mirrord-test/glibc
                                    entrypoint: [probe]
                                    command: [serve, http=80, http=8080]
                                    environment: {SERVICE_NAME: own}
                                    ports: ["127.0.0.1:18480:8080"]
                                    depends_on: [cache]
                                    healthcheck:
                                      test: test $$CATALOG_URL = http://catalog && probe tcp 127.0.0.1:8080
                                      interval: 1s
                                      retries: 60
                                    x-mirrord:
                                      target: deployment/web
                                      namespace: shop
                                      feature: {network: {incoming: steal}}
                                  cache:
                                    image: mirrord-test/redis
                                    tmpfs: [/data]
                                  after:
                                    image: mirrord-test/glibc
                                    command: [probe, get, "http://web:8080/"]
                                    depends_on: {web: {condition: service_healthy}}
                                """)) {
            project.override();
            project.compose("up", "-d").orFail();

            assertThat(project.inContext("web", "probe", "env", "CATALOG_URL"))
                    .isEqualTo("http://catalog");
            assertThat(project.inContext("web", "probe", "get", "http://catalog/"))
                    .contains("service: catalog");
            assertThat(project.inContext("web", "probe", "tcp", "cache:6379"))
                    .startsWith("connected");
            assertThat(ComposeProject.get(18480)).contains("service: own");
            Eventually.within(SOON, () -> project.compose("logs", "after").out())
                    .until(() -> project.compose("logs", "after").out().contains("service: own"));
            assertThat(client.askWeb("/")).contains("service: own\n");

            project.compose("restart", "-t", "2").orFail();
            awaitAnswer("service: own");
            assertThat(project.servers()).hasSize(1);

            project.servers().forEach(ProcessHandle::destroyForcibly);
            Eventually.within(SOON, () -> String.join("\n", Cluster.leftovers()))
                    .until(() -> Cluster.leftovers().isEmpty());
            Eventually.within(SOON, () -> project.compose("ps", "-a").out())
                    .until(() -> !project.compose("ps").out().contains("web"));
            assertThat(project.compose("logs", "web").out())
                    .contains("the session is over: the mirrord command has ended");
            assertThat(client.askWeb("/")).contains("service: web\n");

            project.compose("up", "-d").orFail();
            awaitAnswer("service: own");
            project.compose("down", "-t", "2").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    @Test
    void oneFileHasServicesOfSeveralTargets() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        x-mirrord: {namespace: shop, feature: {network: {incoming: false}}}
                        services:
                          web:
                            build: .
                            ports: ["127.0.0.1:18480:8080"]
                            secrets: [word]
                            x-mirrord: {target: deployment/web}
                          worker:
                            image: mirrord-test/redis
                            entrypoint: bash -c
                            command:
                            - "until redis-cli -h queue lpush jobs $$SERVICE_NAME; do sleep 0.2; done; sleep 1000"
                            volumes: ["/data"]
                            depends_on: [queue]
                            x-mirrord: {target: deployment/catalog}
                          queue:
                            image: mirrord-test/redis
                            tmpfs: [/data]
                          db:
                            image: mirrord-test/postgres
                            environment: {POSTGRES_PASSWORD: x}
                            tmpfs: [/var/lib/postgresql/data]
                        secrets: {word: {file: ./word.txt}}
                        """)) {
            project.write("word.txt", "hidden");
            project.write("page", "one");
            project.write(
                    "Dockerfile",
                    """
                    FROM mirrord-test/glibc
                    COPY page /page
                    ENTRYPOINT ["probe"]
                    CMD ["serve", "http=8080"]
                    """);
            project.mirrord("up", "-d").orFail();

            awaitAnswer("service: web");
            assertThat(
                            project.mirrord(
                                    "exec",
                                    "-T",
                                    "web",
                                    "probe",
                                    "cat",
                                    "/run/secrets/word",
                                    "/page"))
                    .returns("hiddenone", Command.Result::outLine);
            assertThat(
                            project.mirrord("exec", "-T", "web", "probe", "env", "CATALOG_URL")
                                    .outLine())
                    .isEqualTo("http://catalog");
            Eventually.within(SOON, () -> project.mirrord("logs", "db").out())
                    .until(
                            () ->
                                    project.inContext("web", "probe", "tcp", "db:5432")
                                            .startsWith("connected"));
            Eventually.within(SOON, () -> project.mirrord("logs", "worker").out())
                    .until(
                            () ->
                                    project.mirrord(
                                                    "exec",
                                                    "-T",
                                                    "queue",
                                                    "redis-cli",
                                                    "lpop",
                                                    "jobs")
                                            .outLine()
                                            .equals("catalog"));
            Command.Result scaled = project.mirrord("up", "-d", "--scale", "web=2");
            assertThat(scaled.exitCode()).isEqualTo(1);
            assertThat(scaled.err()).contains("replicas, which cannot all publish port 18480");

            project.write("page", "two");
            project.mirrord("up", "-d", "--build").orFail();
            awaitAnswer("service: web");
            assertThat(project.mirrord("exec", "-T", "web", "probe", "cat", "/page").outLine())
                    .isEqualTo("two");

            project.mirrord("down", "-v", "-t", "2", "--rmi", "local").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    @Test
    void whatIsWatchedIsSyncedAndRebuiltInItsContext() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        services:
                          web:
                            build: .
                            ports: ["127.0.0.1:18480:8080"]
                            x-mirrord: {target: deployment/web, namespace: shop}
                            develop:
                              watch:
                              - {action: sync, path: ./pages, target: /pages}
                              - {action: rebuild, path: ./Dockerfile}
                        """)) {
            String image =
                    """
                    FROM mirrord-test/glibc
                    COPY pages /pages
                    ENV BUILT=%s
                    CMD ["probe", "serve", "http=8080"]
                    """;
            project.write("pages/page", "one");
            project.write("Dockerfile", image.formatted("first"));
            project.mirrord("up", "-d").orFail();
            try (Command.Running watch = project.watch()) {
                Eventually.within(SOON, watch::text).until(() -> watch.text().contains("Watch"));
                project.write("pages/page", "two");
                Eventually.within(SOON, watch::text)
                        .until(
                                () ->
                                        project.inContext("web", "probe", "cat", "/pages/page")
                                                .equals("two"));
                String before = project.container("web-1");

                project.write("Dockerfile", image.formatted("second"));
                Eventually.within(SOON, watch::text)
                        .until(() -> !project.mirrord("ps", "-q", "web").outLine().equals(before));
                awaitAnswer("service: web");
                assertThat(project.inContext("web", "probe", "env", "BUILT")).isEqualTo("second");
                assertThat(project.inContext("web", "probe", "env", "CATALOG_URL"))
                        .isEqualTo("http://catalog");
            }
            project.mirrord("down", "-t", "2", "--rmi", "local").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    @Test
    void eachReplicaHasANamespaceAndAContextOfItsOwn() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        services:
                          web:
                            image: mirrord-test/glibc
                            entrypoint: [probe]
                            command: [serve, http=8080]
                            ports: ["127.0.0.1:18480-18482:8080"]
                            volumes: ["./word.txt:/word.txt:ro"]
                            deploy: {replicas: 2}
                            x-mirrord: {target: deployment/web, namespace: shop, feature: {network: {incoming: false}}}
                          client:
                            image: mirrord-test/glibc
                            command: [sleep, "1000"]
                        """)) {
            project.write("word.txt", "shared");
            project.override();
            project.compose("up", "-d").orFail();
            awaitAnswer(18480, "service: web");
            awaitAnswer(18481, "service: web");
            String first = project.container("web-1");
            String second = project.container("web-2");
            assertThat(project.client("probe", "dns", "web", "ip4").lines()).hasSize(2);

            project.mirrord("up", "-d", "--scale", "web=3").orFail();
            awaitAnswer(18482, "service: web");
            assertThat(project.container("web-1")).isEqualTo(first);
            assertThat(project.container("web-2")).isEqualTo(second);
            assertThat(project.servers()).hasSize(3);
            assertThat(third(project, "env", "CATALOG_URL")).isEqualTo("http://catalog");
            assertThat(third(project, "cat", "/word.txt")).isEqualTo("shared");
            assertThat(project.mirrord("ps", "--format", "{{.Service}}", "web").out().lines())
                    .containsExactlyInAnyOrder("web", "web-2", "web-3");

            project.mirrord("scale", "web=1").orFail();
            assertThat(project.mirrord("ps", "--format", "{{.Service}}").out().lines())
                    .containsExactlyInAnyOrder("web", "web-sidecar", "client");
            assertThat(project.container("web-1")).isEqualTo(first);
            Eventually.within(SOON, () -> project.servers().toString())
                    .until(() -> project.servers().size() == 1);
            project.mirrord("down", "-t", "2").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    private static String third(ComposeProject project, String... words) {
        List<String> line = new ArrayList<>(List.of("exec", "-T", "--index", "3", "web", "probe"));
        line.addAll(List.of(words));
        return project.mirrord(line.toArray(String[]::new)).orFail().outLine();
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingRuns() throws IOException {
        String service =
                """
                services:
                  web:
                    image: mirrord-test/glibc
                    command: [probe, help]
                    x-mirrord: {target: deployment/web, namespace: shop}
                """;
        try (ComposeProject project = new ComposeProject(directory, NAME, service)) {
            project.write("compose.yaml", service.replace("target:", "targit:"));
            assertThat(project.mirrord("up").err())
                    .contains(
                            "compose.yaml:",
                            ": unknown key targit; the nearest known one is target");
            project.write("compose.yaml", service.replace("deployment/web", "deployment/wep"));
            Command.Result started = project.mirrord("up", "-d");
            assertThat(started.exitCode()).isNotZero();
            assertThat(started.out() + started.err())
                    .contains("deployment wep does not exist", "did you mean web?");
            project.mirrord("down").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    private static void awaitAnswer(String text) {
        awaitAnswer(18480, text);
    }

    private static void awaitAnswer(int port, String text) {
        Eventually.within(SOON, () -> ComposeProject.get(port))
                .until(() -> ComposeProject.get(port).contains(text));
    }
}
