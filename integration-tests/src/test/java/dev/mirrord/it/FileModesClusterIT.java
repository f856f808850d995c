package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in one mode, the rest of the context in another. */
class FileModesClusterIT {
    private static final Duration START = Duration.ofSeconds(60);

    @TempDir Path configs = Path.of("");

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    private Mirrord with(String feature) throws IOException {
        Path file = Files.createTempFile(configs, "", ".json");
        Files.writeString(file, "{\"feature\": " + feature + "}");
        return Mirrord.onWeb().with("-f", file.toString());
    }

    /** The files that say where names are found are the container's own, or the target's. */
    @ParameterizedTest
    @CsvSource({
        "local, []",
        "localwithoverrides, []",
        "localwithoverrides, \"^/etc/(hosts|resolv[.]conf|nsswitch[.]conf)$\"",
        "read, []",
        "read, \"^/etc/(hosts|resolv[.]conf|nsswitch[.]conf)$\"",
        "write, []",
        "write, \"^/etc/(hosts|resolv[.]conf|nsswitch[.]conf)$\"",
    })
    @Execution(ExecutionMode.CONCURRENT)
    void namesOfTheClusterAreFoundInEachMode(String mode, String targets) throws IOException {
        String readOnly = targets.equals("[]") ? targets : "[" + targets + "]";
        Mirrord line =
                with("{\"fs\": {\"mode\": \"%s\", \"read_only\": %s}}".formatted(mode, readOnly));
        String address = Pods.addressOfService("catalog");
        String glibcAndStatic =
                "getent ahostsv4 catalog | head -n 1 | cut -d' ' -f1; probe dns catalog ip4";
        assertThat(line.script(glibcAndStatic).orFail().out())
                .isEqualTo("%1$s\n%1$s\n".formatted(address));
        assertThat(
                        line.docker("--entrypoint", "resolve")
                                .run(Mirrord.MUSL, "catalog")
                                .orFail()
                                .out())
                .contains(address);
    }

    /**
     * Reads files and receives traffic from the cluster, writes files and sends traffic locally.
     */
    @Test
    void filesAndTrafficComeFromTheClusterAndGoNowhere() throws IOException {
        String name = "mirrord-it-modes-local";
        Command.docker("run", "-d", "--rm", "--name", name, Mirrord.STATIC, "listen", "8080")
                .orFail();
        try (Client client = Client.start("mirrord-it-modes")) {
            String local =
                    Command.docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", name)
                            .orFail()
                            .outLine();
            String script =
                    """
                    set -e
                    cat /data/hello.txt
                    mkdir -p /data; echo of the app >/data/own.txt; cat /data/own.txt
                    probe get http://%s:8080/ >/dev/null && echo local server reached
                    probe tcp catalog:80 x 2s || echo cluster not reached
                    exec env SERVICE_NAME=app probe serve http=80
                    """
                            .formatted(local);
            Mirrord line =
                    with(
                            "{\"fs\": \"read\", \"network\": {\"incoming\": \"steal\","
                                    + " \"outgoing\": false}}");
            try (Command.Running app =
                    line.docker("--entrypoint", "bash").start(Mirrord.GLIBC, "-c", script)) {
                app.awaitOut("hello from the target", START)
                        .awaitOut("of the app", START)
                        .awaitOut("local server reached", START)
                        .awaitOut("cluster not reached", START);
                Eventually.within(START, () -> client.askWeb("/"))
                        .until(() -> client.askWeb("/").contains("service: app\n"));
                assertThat(Pods.inWeb("ls", "/data").orFail().out()).doesNotContain("own.txt");
            }
        } finally {
            Command.docker("rm", "-f", name);
        }
    }
}
