package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 5: hostname, standard streams, signals, exit codes, and nothing left behind. */
class LifecycleClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(30);
    private static final Duration AFTER_KILL = Duration.ofSeconds(15);

    @AfterEach
    void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void hostnameStandardInputAndExitCodeAreThoseOfAPlainRun() throws IOException {
        Command.Running running =
                Mirrord.onWeb()
                        .with("-q")
                        .docker("-i", "--entrypoint", "bash")
                        .start(Mirrord.GLIBC, "-c", "hostname; cat; echo to-stderr >&2; exit 42");
        running.process()
                .getOutputStream()
                .write("one\ntwo without end".getBytes(StandardCharsets.UTF_8));
        Command.Result result = Command.finish(running, START);
        String pod =
                Command.kubectl(
                                "get",
                                "pod",
                                "-n",
                                "shop",
                                "-l",
                                "app=web",
                                "-o",
                                "jsonpath={.items[0].metadata.name}")
                        .orFail()
                        .outLine();
        assertThat(result.exitCode()).isEqualTo(42);
        assertThat(result.out()).isEqualTo(pod + "\none\ntwo without end");
        assertThat(result.err()).isEqualTo("to-stderr\n");
    }

    @Test
    void exitCodesAreDockers() {
        assertThat(Mirrord.onWeb().script("kill -9 $$").exitCode()).isEqualTo(137);
        assertThat(
                        Mirrord.onWeb()
                                .docker("--entrypoint", "/no/such/program")
                                .run(Mirrord.STATIC)
                                .exitCode())
                .isEqualTo(127);
        assertThat(Mirrord.onWeb().docker("--entrypoint", "/etc/passwd").run(Mirrord.GLIBC))
                .extracting(Command.Result::exitCode)
                .isEqualTo(126);
    }

    /** A terminal that `script` makes: its size changes, its colours and its Ctrl-C arrive. */
    @Test
    void aTerminalIsATerminal(@TempDir Path directory) throws IOException {
        Path tty = directory.resolve("tty");
        String app =
                "echo start-$(tput cols 2>/dev/null || stty size)-$TERM; trap \"echo"
                        + " resized-\\$(stty size)\" WINCH; trap \"echo interrupted; exit 7\" INT;"
                        + " printf \"\\033[31mred\\033[0m\\n"
                        + "\"; echo ready; while :; do sleep 0.2; done";
        String line =
                "tty > "
                        + tty
                        + "; stty rows 40 cols 100; ./mirrord container -t deployment/web -n shop"
                        + " -- docker run --rm -it --entrypoint bash "
                        + Mirrord.GLIBC
                        + " -c '"
                        + app
                        + "'; echo code-$?";
        try (Command.Running terminal =
                Command.start(
                        List.of("script", "-qefc", line, "/dev/null"),
                        Map.of("SHELL", "/bin/bash", "TERM", "xterm"))) {
            terminal.awaitOut("ready", START);
            assertThat(terminal.text()).contains("-xterm", "\u001b[31mred\u001b[0m");
            String device = Files.readString(tty).strip();
            Command.run("stty", "-F", device, "rows", "50", "cols", "120").orFail();
            terminal.awaitOut("resized-50 120", END);
            terminal.process().getOutputStream().write(3);
            terminal.process().getOutputStream().flush();
            terminal.awaitOut("interrupted", END);
            terminal.awaitOut("code-7", END);
            assertThat(terminal.text()).doesNotContain("\tat ");
        }
    }

    @Test
    void signalsReachTheApp() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "signals", "9")) {
            app.awaitOut("ready", START);
            for (String signal : List.of("INT", "HUP", "USR1", "USR2")) {
                app.signal(signal);
                app.awaitOut("SIG" + signal, END);
            }
            app.signal("TERM");
            Command.Result ended = app.await(END);
            assertThat(ended.out()).endsWith("SIGTERM\n");
            assertThat(ended.exitCode()).isEqualTo(9);
        }
    }

    /** Ctrl-C goes to the whole foreground group; here it comes before the app exists. */
    @Test
    void interruptedWhileStartingItEndsAndLeavesNothing() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "sleep", "600")) {
            awaitOnEngine("layer", app);
            app.signal("INT");
            assertThat(app.await(END).exitCode()).isIn(125, 130);
        }
    }

    @Test
    void aCliKilledWhileStartingLeavesNothing() {
        try (Command.Running app = Mirrord.onWeb().start(Mirrord.STATIC, "sleep", "600")) {
            awaitOnEngine("layer", app);
            app.signal("KILL");
            Cluster.assertNothingLeftAfter(AFTER_KILL);
        }
    }

    @Test
    void aKilledCliOfAWorkingSessionLeavesNothing() {
        try (Command.Running app =
                Mirrord.onWeb().with("--steal").start(Mirrord.STATIC, "serve", "http=80")) {
            app.awaitErr("probe: http on :80", START);
            Eventually.within(START, app::text).until(() -> !Node.rulesOfWeb().isBlank());
            assertThat(Cluster.leftovers())
                    .anyMatch(each -> each.contains("-sidecar"))
                    .anyMatch(each -> each.startsWith("job.batch/"))
                    .anyMatch(each -> each.startsWith("pod/"))
                    .anyMatch(each -> each.startsWith("volume "))
                    .hasSizeGreaterThan(5);
            app.signal("KILL");
            Cluster.assertNothingLeftAfter(AFTER_KILL);
            assertThat(Node.rulesOfWeb()).isBlank();
        }
    }

    /** The app gets ten seconds from its SIGTERM. */
    @Test
    void aKilledCliOfAnAppThatIgnoresItsEndLeavesNothing() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("--entrypoint", "bash")
                        .start(
                                Mirrord.GLIBC,
                                "-c",
                                "trap '' TERM; echo waits; while :; do sleep 1; done")) {
            app.awaitOut("waits", START);
            app.signal("KILL");
            Cluster.assertNothingLeftAfter(AFTER_KILL);
        }
    }

    @Test
    void withoutRmTheContainerStaysAsDockerLeavesIt(@TempDir Path directory) throws IOException {
        String name = "mirrord-it-stays";
        Mirrord line =
                new Mirrord(
                        Mirrord.onWeb().options(), List.of("--name", name, "--entrypoint", "bash"));
        try {
            Command.Result run =
                    line.run(Mirrord.GLIBC, "-c", "echo said; echo kept > /tmp/file; exit 7");
            assertThat(run.exitCode()).as(run.err()).isEqualTo(7);
            assertThat(
                            Command.docker(
                                            "inspect",
                                            "-f",
                                            "{{.State.Status}} {{.State.ExitCode}}",
                                            name)
                                    .orFail()
                                    .outLine())
                    .isEqualTo("exited 7");
            assertThat(Command.docker("logs", name).orFail().out()).isEqualTo("said\n");
            Command.docker("cp", name + ":/tmp/file", directory.resolve("file").toString())
                    .orFail();
            assertThat(directory.resolve("file")).hasContent("kept");
            String session = Mirrord.sessionOf(name);
            Eventually.within(END, () -> String.join("\n", Cluster.leftovers()))
                    .until(() -> Cluster.leftovers().size() == 2);
            assertThat(Cluster.leftovers())
                    .anyMatch(each -> each.equals("container " + name + " " + session))
                    .anyMatch(each -> each.matches("volume \\S+ " + session));
            Command.Result start = Command.docker("start", name);
            assertThat(start.exitCode()).isNotZero();
            assertThat(start.err()).contains("run-mirrord-container-for-a-new-one");
        } finally {
            Command.docker("rm", "-f", "-v", name);
        }
    }

    private static void awaitOnEngine(String what, Command.Running app) {
        Eventually.within(START, app::text)
                .until(
                        () ->
                                !Sessions.started().isEmpty()
                                        && Cluster.onEngine().stream()
                                                .anyMatch(each -> each.contains(what)));
    }
}
