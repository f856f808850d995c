package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** A service of a compose project of Testcontainers in the context of the shop's web. */
class ComposeClusterIT {
    @TempDir Path directory;

    private File file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("compose.yaml").toFile();
        Files.writeString(
                file.toPath(),
                """
                services:
                  web:
                    image: mirrord-test/glibc
                    command: [probe, serve, http=80]
                    environment: {SERVICE_NAME: mine}
                    depends_on: [redis]
                  redis:
                    image: mirrord-test/redis
                    tmpfs: [/data]
                """);
        Path plugins = Files.createDirectories(directory.resolve("docker/cli-plugins"));
        Files.createSymbolicLink(
                plugins.resolve("docker-compose"), Path.of(System.getenv("MIRRORD_TEST_COMPOSE")));
        Files.createSymbolicLink(
                plugins.resolve("docker-mirrord"),
                Path.of("../docker-mirrord").toAbsolutePath().normalize());
    }

    private ComposeContainer project(ClusterContext context, String service) {
        return context.compose(service, file)
                .withEnv("DOCKER_CONFIG", directory.resolve("docker").toString());
    }

    @Test
    void aServiceRunsInTheContextAndTheOthersAsTheyAre() throws Exception {
        List<String> agents = Surroundings.agents();
        try (ClusterContext web = Surroundings.shop("deployment/web").steal(80);
                ComposeContainer project =
                        project(web, "web")
                                .withEnv("MIRRORD_IMPERSONATED_TARGET", "deployment/of-the-machine")
                                .withExposedService("web", 80, Wait.forHttp("/"))
                                .withExposedService("redis", 6379)
                                .waitingFor("web", Wait.forLogMessage(".*\\S.*", 1))) {
            project.start();
            String app = project.getContainerByServiceName("web").orElseThrow().getContainerId();
            assertThat(get(project)).contains("service: mine");
            assertThat(project.getServicePort("redis", 6379)).isPositive();
            assertThat(exec(app, "env", "CATALOG_URL")).contains("http://catalog");
            assertThat(exec(app, "get", "http://catalog")).contains("service: catalog");
            assertThat(exec(app, "get", "http://web")).contains("service: mine");
        }
        Surroundings.assertNoAgentsBut(agents);
        assertThat(Surroundings.run("docker", "ps", "-aq", "--filter", "volume=/.mirrord"))
                .isEmpty();
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingStarts() {
        try (ClusterContext web = Surroundings.shop("deployment/web");
                ComposeContainer wrong = project(web, "wep")) {
            assertThatThrownBy(wrong::start).hasMessageContaining("did you mean web?");
        }
        try (ClusterContext web = Surroundings.shop("deployment/web");
                ComposeContainer none =
                        project(web, "web").withEnv("DOCKER_CONFIG", directory.toString())) {
            assertThatThrownBy(none::start).hasMessageContaining("mirrord plugin install");
        }
    }

    private static String exec(String container, String... words) {
        return Surroundings.run(
                Stream.concat(
                                Stream.of("docker", "exec", container, "/.mirrord/run", "probe"),
                                Stream.of(words))
                        .toArray(String[]::new));
    }

    private static String get(ComposeContainer project) throws Exception {
        URI address =
                URI.create(
                        "http://%s:%d/"
                                .formatted(
                                        project.getServiceHost("web", 80),
                                        project.getServicePort("web", 80)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(20)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
