package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Point 5: hostname, standard streams, signals, exit codes, and nothing left behind. */
class LifecycleClusterIT {
    private static final Duration START = Duration.ofSeconds(60);

    @AfterEach
    void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void theHostnameIsTheTargets() {
        assertThat(Mirrord.onWeb().probe("hostname"))
                .isEqualTo(
                        Command.kubectl(
                                        "exec", "-n", "shop", "deployment/web", "-c", "web", "--",
                                        "hostname")
                                .orFail()
                                .outLine());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 255})
    void theExitCodeIsTheApps(int code) {
        assertThat(Mirrord.onWeb().run(Mirrord.STATIC, "exit", Integer.toString(code)).exitCode())
                .isEqualTo(code);
    }

    @Test
    void standardInputReachesTheApp() {
        Command.Result result =
                Command.shell(
                        "printf 'one\\ntwo\\n' | ./mirrord container -t deployment/web -n shop -q -- docker run --rm -i --entrypoint cat "
                                + Mirrord.GLIBC);
        assertThat(result.orFail().out()).isEqualTo("one\ntwo\n");
    }

    @Test
    void aTerminalIsATerminal() {
        Command.Result result =
                Command.shell(
                        "script -qec \"./mirrord container -t deployment/web -n shop -q -- docker run --rm -it --entrypoint bash "
                                + Mirrord.GLIBC
                                + " -c 'tty; stty size'\" /dev/null");
        assertThat(result.out()).contains("/dev/pts/0");
    }

    @Test
    void ctrlCEndsTheApp() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "signals")) {
            app.awaitOut("ready", START);
            app.signal("TERM");
            assertThat(app.await(Duration.ofSeconds(20)).out()).contains("terminated");
        }
    }

    @Test
    void aKilledCliLeavesNothing() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "sleep", "600")) {
            Eventually.within(START, () -> app.err().text())
                    .until(() -> !Command.docker("ps", "-q", "--filter", "label=dev.mirrord/session", "--filter", "ancestor=" + Mirrord.STATIC).outLine().isEmpty());
            app.signal("KILL");
        }
    }

    @Test
    void aKilledCliOfAWorkingSessionLeavesNothing() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "signals")) {
            app.awaitOut("ready", START);
            app.signal("KILL");
        }
    }

    @Test
    void execGivesTheFullContext() {
        String name = "mirrord-it-exec";
        try (Command.Running app =
                Mirrord.onWeb().docker("--name", name).start(Mirrord.STATIC, "signals")) {
            app.awaitOut("ready", START);
            assertThat(
                            Command.docker(
                                            "exec", name, "/.mirrord/run", "/probe", "env",
                                            "CATALOG_URL")
                                    .orFail()
                                    .outLine())
                    .isEqualTo("http://catalog");
            assertThat(Command.docker("stop", name).orFail().outLine()).isEqualTo(name);
            app.await(Duration.ofSeconds(30));
        }
    }

    @Test
    void withoutRmTheContainerStaysAsDockerLeavesIt() {
        String name = "mirrord-it-stays";
        Mirrord line =
                new Mirrord(
                        Mirrord.onWeb().options(),
                        java.util.List.of("--name", name));
        try {
            assertThat(line.run(Mirrord.STATIC, "exit", "7").exitCode()).isEqualTo(7);
            assertThat(
                            Command.docker("inspect", "-f", "{{.State.ExitCode}}", name)
                                    .orFail()
                                    .outLine())
                    .isEqualTo("7");
            Command.Result start = Command.docker("start", name);
            assertThat(start.exitCode()).isNotZero();
            assertThat(start.err()).contains("mirrord");
        } finally {
            Command.docker("rm", "-f", "-v", name);
        }
    }

    @Test
    void theHealthCheckRunsInTheContext() {
        String name = "mirrord-it-health";
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker(
                                "--name", name, "--health-cmd",
                                "test \"$CATALOG_URL\" = http://catalog && curl -sf $CATALOG_URL >/dev/null",
                                "--health-interval", "1s", "--entrypoint", "sleep")
                        .start(Mirrord.GLIBC, "600")) {
            Eventually.within(START, () -> app.err().text())
                    .until(
                            () ->
                                    Command.docker(
                                                    "inspect", "-f", "{{.State.Health.Status}}", name)
                                            .outLine()
                                            .equals("healthy"));
            Command.docker("stop", "-t", "1", name);
        }
    }

    @Test
    void publishedPortsReallyPublish() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("-p", "127.0.0.1:18080:8080", "-e", "SERVICE_NAME=published")
                        .start(Mirrord.STATIC, "listen", "8080")) {
            Eventually.within(START, () -> app.err().text())
                    .until(
                            () ->
                                    Command.shell("curl -s --max-time 2 http://127.0.0.1:18080/")
                                            .out()
                                            .contains("published"));
        }
    }
}
