package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that outlive their command, and the commands that show and end them. */
class DetachedClusterIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAME = "mirrord-it-detached";

    /** Serves the target's name on standard output, once a second. */
    private static final String APP =
            "trap 'echo ended; exit 3' TERM; while :; do echo $CATALOG_URL; sleep 0.2; done";

    @AfterEach
    void nothingIsLeft() {
        Command.docker("rm", "-f", "-v", NAME);
        Cluster.assertNothingLeft();
    }

    @Test
    void aDetachedRunReturnsTheIdAndLivesOnUntilItIsStopped() {
        Command.Result started = detached("run", "-d");
        String id = started.orFail().outLine();
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(started.err()).contains("environment, DNS, outgoing").doesNotContain("\tat ");
        awaitLog("http://catalog");

        Command.Result listed = Command.mirrord("session", "list").orFail();
        assertThat(listed.out()).containsPattern("deployment/web +shop +" + NAME + " +running");
        assertThat(Command.mirrord("session", "list", "-o", "json").orFail().out())
                .contains("\"runs\":\"" + NAME + "\"", "\"state\":\"running\"");
        assertThat(Command.mirrord("session", "show", NAME).orFail().out())
                .contains("\"target\" : \"deployment/web\"");
        assertThat(Command.mirrord("session", "logs", NAME).orFail().out())
                .contains("session starts");

        Command.mirrord("session", "stop", NAME).orFail();
        assertThat(state()).isEqualTo("exited 3");
        assertThat(Command.docker("logs", NAME).out()).endsWith("ended\n");
        assertThat(Command.mirrord("session", "list").out()).doesNotContain(NAME);
        assertThat(Command.docker("start", NAME).err()).contains("run-mirrord-container");
    }

    @Test
    void aRestartOfTheContainerKeepsItsContext() {
        detached("run", "-d").orFail();
        awaitLog("http://catalog");
        Command.docker("restart", "-t", "2", NAME).orFail();
        Eventually.within(SOON, () -> Command.docker("logs", NAME).out())
                .until(() -> Command.docker("logs", NAME).out().endsWith("http://catalog\n"));
        assertThat(state()).isEqualTo("running 0");
        assertThat(Command.mirrord("session", "list").out()).contains(NAME);
        Command.docker("stop", NAME).orFail();
        awaitNoSession();
    }

    @Test
    void aRestartPolicyIsFollowed() {
        detached("run", "-d", "--restart", "always").orFail();
        awaitLog("http://catalog");
        Command.docker("exec", NAME, "bash", "-c", "kill -TERM $(pgrep -f CATALOG_URL)");
        Eventually.within(SOON, () -> Command.docker("logs", NAME).out())
                .until(() -> Command.docker("logs", NAME).out().contains("ended\nhttp://catalog"));
        Command.docker("rm", "-f", NAME).orFail();
        awaitNoSession();
    }

    @Test
    void aCreatedContainerHasItsContextWhenItIsStarted() {
        detached("create").orFail();
        assertThat(state()).isEqualTo("created 0");
        Command.docker("start", NAME).orFail();
        awaitLog("http://catalog");
        Command.docker("stop", NAME).orFail();
        awaitNoSession();
        assertThat(state()).isEqualTo("exited 3");
    }

    @Test
    void aCreatedContainerThatNeverRanGoesWithItsSession() {
        detached("create").orFail();
        Command.mirrord("session", "stop", NAME).orFail();
        assertThat(Command.docker("inspect", NAME).exitCode()).isEqualTo(1);
    }

    @Test
    void whatCannotStartSaysWhyAtOnce() {
        Command.Result failed =
                Command.mirrord(
                        "container",
                        "-t",
                        "deployment/no-such",
                        "-n",
                        "shop",
                        "--",
                        "docker",
                        "run",
                        "-d",
                        Mirrord.GLIBC);
        assertThat(failed.exitCode()).isEqualTo(125);
        assertThat(failed.err()).contains("no-such");
        assertThat(failed.out()).isEmpty();
        assertThat(Command.mirrord("session", "stop", "nobody").err())
                .contains("there is no session 'nobody'");
    }

    @Test
    void aKilledSessionEndsItsAppAndIsCleanedUp() {
        detached("run", "-d").orFail();
        awaitLog("http://catalog");
        String process =
                Command.mirrord("session", "show", NAME)
                        .orFail()
                        .out()
                        .replaceAll("(?s).*\"process\" : (\\d+).*", "$1");
        Command.run("kill", "-9", process).orFail();
        Eventually.within(SOON, DetachedClusterIT::state).until(() -> state().startsWith("exited"));
        Command.docker("rm", "-v", NAME).orFail();
        Cluster.assertNothingLeft();
        assertThat(Command.mirrord("clean", "--dry-run").orFail().out()).doesNotContain(NAME);
    }

    private static Command.Result detached(String... verbAndOptions) {
        List<String> line =
                new ArrayList<>(
                        List.of("container", "-t", "deployment/web", "-n", "shop", "--", "docker"));
        line.addAll(List.of(verbAndOptions));
        line.addAll(List.of("--name", NAME, "--entrypoint", "bash", Mirrord.GLIBC, "-c", APP));
        return Command.mirrord(line.toArray(String[]::new));
    }

    private static void awaitLog(String text) {
        Eventually.within(SOON, () -> Command.docker("logs", NAME).out())
                .until(() -> Command.docker("logs", NAME).out().contains(text));
    }

    private static void awaitNoSession() {
        Eventually.within(SOON, () -> Command.mirrord("session", "list").out())
                .until(() -> !Command.mirrord("session", "list").out().contains(NAME));
    }

    private static String state() {
        return Command.docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", NAME)
                .outLine();
    }
}
