package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that nobody prepared, of every kind. */
class ImageKindsClusterIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"entry-only", "entry-and-cmd", "user-named"})
    @Execution(ExecutionMode.CONCURRENT)
    void anImageRunsAsItDoesWithoutUs(String kind) {
        String image = "mirrord-test/" + kind;
        Command.Result plain = Command.docker("run", "--rm", image).orFail();
        Command.Result ours = Mirrord.onWeb().run(image).orFail();
        assertThat(withoutPid(ours.out())).isNotBlank().isEqualTo(withoutPid(plain.out()));
    }

    /** A shell form expands the target's variable, where without us it is the image's. */
    @ParameterizedTest
    @ValueSource(strings = {"entry-shell", "cmd-shell"})
    @Execution(ExecutionMode.CONCURRENT)
    void aShellFormHasTheContext(String kind, @TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        "{\"feature\": {\"env\": {\"override\": {\"GREETING\": \"ours\"}}}}");
        String image = "mirrord-test/" + kind;
        Command.Result plain = Command.docker("run", "--rm", image).orFail();
        Command.Result ours = Mirrord.onWeb().with("-f", config.toString()).run(image).orFail();
        assertThat(withoutPid(ours.out()))
                .contains("\"ours\"")
                .isEqualTo(withoutPid(plain.out()).replace("hello from the image", "ours"));
    }

    /** Arguments replace CMD as docker does it, and the program has the target's environment. */
    @ParameterizedTest
    @CsvSource({
        "cmd-only, /probe env CATALOG_URL",
        "path-entry, env CATALOG_URL",
        "workdir, env CATALOG_URL",
        "script-entry, probe env CATALOG_URL",
        "user1000, env CATALOG_URL"
    })
    @Execution(ExecutionMode.CONCURRENT)
    void anArgumentListHasTheContext(String kind, String arguments) {
        assertThat(
                        Mirrord.onWeb()
                                .run("mirrord-test/" + kind, arguments.split(" "))
                                .orFail()
                                .outLine())
                .isEqualTo("http://catalog");
    }

    @ParameterizedTest
    @CsvSource({"gosu, 65534", "su-exec, 65534", "user-named, 1001"})
    @Execution(ExecutionMode.CONCURRENT)
    void aUserWithoutPrivilegesHasTheContext(String kind, String user) {
        List<String> lines =
                Mirrord.onWeb()
                        .run(
                                "mirrord-test/" + kind,
                                "sh",
                                "-c",
                                "id -u; echo $CATALOG_URL; probe get http://catalog/; exit 7")
                        .out()
                        .lines()
                        .toList();
        assertThat(lines).startsWith(user, "http://catalog").contains("service: catalog");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anInitOfItsOwnIsPidOne() {
        Command.Result result =
                Mirrord.onWeb()
                        .run(
                                "mirrord-test/s6",
                                "sh",
                                "-c",
                                """
                                echo $CATALOG_URL
                                until probe get http://127.0.0.1:8080/ >/tmp/got 2>/dev/null; do :; done
                                grep url /tmp/got
                                exit 3
                                """);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
        assertThat(result.outLine()).isEqualTo("http://catalog\nurl: /");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aHardenedContainerWorks() {
        Mirrord line =
                Mirrord.onWeb()
                        .docker("--user", "1000:1000", "--read-only", "--cap-drop", "ALL")
                        .docker("--security-opt", "no-new-privileges");
        assertThat(
                        line.script("id -u; echo $CATALOG_URL; curl -sS http://catalog/; touch /x")
                                .out())
                .startsWith("1000\nhttp://catalog\n")
                .contains("service: catalog");
        assertThat(line.probe("get", "http://catalog/")).contains("service: catalog");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theMuslImageHasTheContext() {
        assertThat(
                        Mirrord.onWeb()
                                .run(
                                        Mirrord.MUSL,
                                        "sh",
                                        "-c",
                                        "echo $CATALOG_URL; wget -q -O - http://catalog/")
                                .orFail()
                                .out())
                .startsWith("http://catalog\n")
                .contains("service: catalog");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aJavaProgramTalksToTheCluster() {
        assertThat(
                        Mirrord.onWeb()
                                .run("mirrord-test/java", "get", "http://catalog/")
                                .orFail()
                                .out())
                .startsWith("200\n")
                .contains("service: catalog");
    }

    /** Servers whose entry starts as root, prepares its data and drops to its own user. */
    @ParameterizedTest
    @CsvSource({
        "redis, redis-server --port 6380, redis-cli -p 6380 ping, PONG",
        "setpriv, redis-server --port 6380, redis-cli -p 6380 ping, PONG",
        "postgres, postgres, psql -U postgres -Atc 'select 42', 42"
    })
    @Execution(ExecutionMode.CONCURRENT)
    void aServerThatDropsRootServes(String kind, String command, String question, String answer) {
        String name = "mirrord-it-" + kind;
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("--name", name, "-e", "POSTGRES_PASSWORD=it")
                        .start("mirrord-test/" + kind, command.split(" "))) {
            String ask =
                    "docker exec " + name + " /.mirrord/run sh -c \"" + question + "; id -u\" 2>&1";
            awaitOutput(ask, answer + "\n0", app);
            assertThat(Command.shell("docker top " + name + " -eo user:20,pid,args").orFail().out())
                    .matches("(?s).* (redis-server|postgres).*")
                    .doesNotContainPattern("root +\\d+ +(redis-server|postgres)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthcheck-shell", "healthcheck-exec"})
    @Execution(ExecutionMode.CONCURRENT)
    void theImagesHealthCheckRuns(String kind) {
        String name = "mirrord-it-" + kind;
        try (Command.Running app =
                Mirrord.onWeb().docker("--name", name).start("mirrord-test/" + kind)) {
            awaitOutput(
                    "docker inspect -f '{{.State.Health.Status}}' " + name + " 2>/dev/null",
                    "healthy",
                    app);
        }
    }

    private static void awaitOutput(String script, String expected, Command.Running app) {
        Eventually.within(
                        LIMIT,
                        () -> Command.shell(script).out() + app.out().text() + app.err().text())
                .until(() -> Command.shell(script).outLine().equals(expected));
    }

    private static String withoutPid(String out) {
        return out.replaceAll("p?pid\"?[:=]\\s*\\d+", "pid");
    }
}
