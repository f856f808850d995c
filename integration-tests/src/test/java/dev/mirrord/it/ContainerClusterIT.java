package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 6: everything else that one does to a container works as without us. */
class ContainerClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(30);
    private static final String NAME = "mirrord-it-container";

    @AfterEach
    void removeContainer() {
        Command.docker("rm", "-f", "-v", NAME);
    }

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void dockersCommandsWorkOnTheApp(@TempDir Path directory) throws IOException {
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("--name", NAME, "-p", "8080", "--cap-add", "SYS_PTRACE")
                        .docker("--health-interval", "1s")
                        .docker(
                                "--health-cmd",
                                "test \"$CATALOG_URL\" = http://catalog && curl -sf $CATALOG_URL")
                        .docker("-e", "SERVICE_NAME=app", "--entrypoint", "bash")
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "trap 'echo got-usr1' USR1; trap 'echo got-term; exit 5' TERM;"
                                        + " probe listen 8080 & echo ready; while :; do wait; sleep"
                                        + " 0.2; done")) {
            app.awaitOut("ready", START);

            // exec: the full context by the launcher, the network in any case
            assertThat(exec("/.mirrord/run", "probe", "env", "CATALOG_URL"))
                    .isEqualTo("http://catalog");
            assertThat(exec("/.mirrord/run", "probe", "get", "http://catalog"))
                    .contains("service: catalog");
            assertThat(exec("hostname")).startsWith("web-");

            // health: --health-cmd in the context of the target
            Eventually.within(END, app::text)
                    .until(() -> inspect("{{.State.Health.Status}}").equals("healthy"));

            // port: asked of the sidecar, as the session said
            Matcher said = Pattern.compile("docker port (mirrord-\\S+)").matcher(app.err().text());
            assertThat(said.find()).as(app.err().text()).isTrue();
            String published =
                    Command.docker("port", said.group(1), "8080")
                            .orFail()
                            .out()
                            .lines()
                            .findFirst()
                            .orElseThrow();
            String port = published.substring(published.lastIndexOf(':') + 1);
            assertThat(
                            Command.shell("curl -sS --max-time 5 http://127.0.0.1:" + port)
                                    .orFail()
                                    .out())
                    .contains("service: app");

            // top, cp, logs
            assertThat(Command.docker("top", NAME).orFail().out()).contains("probe listen 8080");
            Path file = Files.writeString(directory.resolve("in"), "content");
            Command.docker("cp", file.toString(), NAME + ":/tmp/in").orFail();
            assertThat(exec("cat", "/tmp/in")).isEqualTo("content");
            Command.docker("cp", NAME + ":/tmp/in", directory.resolve("out").toString()).orFail();
            assertThat(directory.resolve("out")).hasContent("content");
            assertThat(Command.docker("logs", NAME).orFail().out()).contains("ready");

            // strace and gdb, with the flags that plain docker needs
            assertThat(
                            exec(
                                    "bash",
                                    "-c",
                                    "strace -o /tmp/trace probe uid >/dev/null; grep -c execve"
                                            + " /tmp/trace"))
                    .isEqualTo("1");
            String attached =
                    "gdb -batch -p $(pgrep -f '^probe listen' | head -1) -ex 'info threads' 2>&1";
            assertThat(exec("bash", "-c", attached))
                    .contains("Target Id")
                    .doesNotContain("not permitted");
            assertThat(
                            Command.shell("curl -sS --max-time 5 http://127.0.0.1:" + port)
                                    .orFail()
                                    .out())
                    .contains("service: app");

            // kill, wait, stop
            Command.docker("kill", "--signal", "USR1", NAME).orFail();
            app.awaitOut("got-usr1", END);
            try (Command.Running wait =
                    Command.start(java.util.List.of("docker", "wait", NAME), java.util.Map.of())) {
                assertThat(Command.docker("stop", NAME).orFail().outLine()).isEqualTo(NAME);
                assertThat(wait.await(END).outLine()).isEqualTo("5");
            }
            Command.Result ended = app.await(END);
            assertThat(ended.exitCode()).isEqualTo(5);
            assertThat(ended.out()).contains("got-term");
        }
    }

    @Test
    void healthChecksOfImagesRun() {
        for (String image : new String[] {"healthcheck-shell", "healthcheck-exec"}) {
            try (Command.Running app =
                    Mirrord.onWeb().docker("--name", NAME).start("mirrord-test/" + image)) {
                Eventually.within(START, () -> app.text() + Command.docker("inspect", NAME).out())
                        .until(() -> inspect("{{.State.Health.Status}}").equals("healthy"));
                assertThat(inspect("{{.Config.Healthcheck.Test}}"))
                        .startsWith(image.endsWith("shell") ? "[CMD-SHELL " : "[CMD ")
                        .contains("/.mirrord/run");
                assertThat(app.err().text()).doesNotContain("health check");
                Command.docker("stop", "-t", "5", NAME).orFail();
                assertThat(app.await(END).exitCode()).isZero();
            }
        }
    }

    private static String exec(String... command) {
        String[] words = new String[command.length + 2];
        words[0] = "exec";
        words[1] = NAME;
        System.arraycopy(command, 0, words, 2, command.length);
        return Command.docker(words).orFail().outLine();
    }

    private static String inspect(String format) {
        return Command.docker("inspect", "-f", format, NAME).outLine();
    }
}
