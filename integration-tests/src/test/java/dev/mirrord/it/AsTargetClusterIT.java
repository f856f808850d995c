package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code --as-target}: the cluster's container, here. */
class AsTargetClusterIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAME = "mirrord-it-as-target";

    @AfterEach
    void nothingIsLeft() {
        Command.docker("rm", "-f", "-v", NAME);
        Cluster.assertNothingLeft();
    }

    @Test
    void theTargetsOwnContainerRunsHereUntilItIsStopped() {
        line("deployment/web", "-d").orFail();
        assertThat(inspected("{{.Config.Image}} {{.Config.WorkingDir}} {{.Config.Cmd}}"))
                .startsWith(Mirrord.GLIBC + " /srv ")
                .contains("serve http=80 http=9090");
        assertThat(inspected("{{.State.Status}}")).isEqualTo("running");
        Command.mirrord("session", "stop", NAME).orFail();
    }

    @Test
    void whatTheLineSaysWins() {
        Command.Result other =
                line(
                                "deployment/catalog",
                                "--rm",
                                "--entrypoint",
                                "/probe",
                                Mirrord.STATIC,
                                "args",
                                "x")
                        .orFail();
        assertThat(other.out()).contains("\"x\"");
        Command.Result none = line("targetless", "--rm");
        assertThat(none.exitCode()).isEqualTo(125);
        assertThat(none.err()).contains("--as-target needs a target that is a container");
    }

    private static Command.Result line(String target, String... options) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "container",
                                "-t",
                                target,
                                "-n",
                                "shop",
                                "--as-target",
                                "--",
                                "docker",
                                "run",
                                "--name",
                                NAME));
        line.addAll(List.of(options));
        return Command.mirrord(line.toArray(String[]::new));
    }

    private static String inspected(String form) {
        Eventually.within(SOON, () -> "no container " + NAME)
                .until(() -> Command.docker("inspect", NAME).exitCode() == 0);
        return Command.docker("inspect", "-f", form, NAME).outLine();
    }
}
