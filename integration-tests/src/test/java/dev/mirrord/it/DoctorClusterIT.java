package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mirrord doctor}. */
class DoctorClusterIT {
    private static final String RESTRICTED = "mirrord-it-doctor";

    @BeforeAll
    static void aNamespaceThatAdmitsLittle() {
        Command.kubectl("create", "namespace", RESTRICTED).orFail();
        Command.kubectl(
                        "label",
                        "namespace",
                        RESTRICTED,
                        "pod-security.kubernetes.io/enforce=restricted")
                .orFail();
    }

    @AfterAll
    static void removed() {
        Command.kubectl("delete", "namespace", RESTRICTED, "--wait=false").orFail();
    }

    @Test
    void whatIsThereIsOk() {
        Command.Result healthy = Command.mirrord("doctor", "-n", "shop").orFail();
        assertThat(healthy.out().lines())
                .hasSize(9)
                .allMatch(line -> line.startsWith("ok "), "ok")
                .anyMatch(line -> line.contains("nftables, TPROXY, policy routes"))
                .anyMatch(line -> line.contains("/dev/fuse can be opened"));
    }

    @Test
    void whatIsMissingIsNamedWithWhatToDo() {
        Command.Result nowhere = Command.mirrord("doctor", "-n", "no-such");
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(nowhere.out()).containsPattern("FAILED +namespace +no-such does not exist");
        assertThat(Command.mirrord("doctor", "-n", RESTRICTED).out())
                .contains("enforces 'restricted'", "-t targetless works");
    }

    @Test
    void withoutEngineAndClusterBothAreSaid() {
        try (Command.Running running =
                Command.start(
                        List.of("./mirrord", "doctor"),
                        Map.of("DOCKER_HOST", "unix:///no-such", "KUBECONFIG", "/no-such"))) {
            Command.Result result = Command.finish(running, Duration.ofSeconds(30));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out())
                    .containsPattern("FAILED +engine +cannot connect")
                    .containsPattern("FAILED +cluster +no Kubernetes configuration");
        }
    }
}
