package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services of docker compose in the context of {@code mirrord container}'s command line. */
class ComposeContainerClusterIT {
    private static final String NAME = "mirrord-it-container";
    private static final List<String> CONTEXT = List.of("-t", "deployment/web", "-n", "shop");

    @TempDir Path directory;

    @AfterEach
    void nothingIsLeftInTheCluster() {
        Cluster.assertNothingLeft();
    }

    @Test
    void theChosenServiceRunsInTheContextOfTheCommandLine() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        services:
                          web:
                            image: mirrord-test/glibc
                            command: [probe, serve, http=8080]
                            ports: ["127.0.0.1:18481:8080"]
                            healthcheck: # Without patience: only an app that runs passes it.
                              test: [CMD, probe, tcp, "127.0.0.1:8080"]
                              interval: 500ms
                              timeout: 500ms
                              retries: 2
                          catalog:
                            image: mirrord-test/redis
                            tmpfs: [/data]
                          after:
                            image: mirrord-test/glibc
                            command: [probe, get, "http://web:8080/"]
                            depends_on: {web: {condition: service_healthy}}
                        """)) {
            project.uninstallPlugin();

            Command.Result unknown = project.container(with("--service", "wep"), "up", "-d");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.err())
                    .contains("the project has no such service; did you mean web?");
            assertThat(project.leftovers()).isEmpty();

            Command.Result up = project.container(with("--service", "web"), "up", "-d").orFail();
            assertThat(up.err())
                    .containsOnlyOnce("catalog: both this project and the cluster have a service");
            assertThat(project.inContext("web", "probe", "env", "CATALOG_URL"))
                    .isEqualTo("http://catalog");
            assertThat(ComposeProject.get(18481)).contains("service: web");
            assertThat(project.docker("logs", NAME + "-after-1").out()).contains("service: web");
            assertThat(project.leftovers())
                    .contains(NAME + "-web-sidecar-1", NAME + "-catalog-1")
                    .noneMatch(each -> each.contains("catalog-sidecar"));

            Command.Result scaled =
                    project.container(with("--service", "web"), "up", "-d", "--scale", "web=2");
            assertThat(scaled.exitCode()).isEqualTo(1);
            assertThat(scaled.err()).contains("replicas, which cannot all publish port 18481");

            project.container(with("--service", "web"), "down", "-t", "2").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    @Test
    void aContextThatCannotBeServedKeepsTheServiceFromStarting() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        services:
                          web:
                            image: mirrord-test/glibc
                            command: [probe, serve, http=8080]
                        """)) {
            Command.Result up = project.container(with("-i", "mirrord-none:1", "-q"), "up", "-d");

            assertThat(up.exitCode()).isNotZero();
            assertThat(up.err()).contains("mirrord-none:1");
            assertThat(
                            project.docker("inspect", "-f", "{{.State.Status}}", NAME + "-web-1")
                                    .outLine())
                    .isEqualTo("created");
            project.container(with(), "down", "-t", "2").orFail();
            assertThat(project.leftovers()).isEmpty();
        }
    }

    private static List<String> with(String... options) {
        List<String> all = new ArrayList<>(CONTEXT);
        all.addAll(List.of(options));
        return all;
    }
}
