package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.docker.command.CommandParser;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

    private static final Predicate<String> NO_SHELL = path -> false;
    private static final Predicate<String> SHELL = path -> path.equals("/bin/sh");

    private static Rewrite rewrite(
            List<String> test, List<String> shell, Predicate<String> imageHas, String... options) {
        List<String> words = new java.util.ArrayList<>(List.of("docker", "run"));
        words.addAll(List.of(options));
        words.add("img");
        return Rewriter.rewrite(
                CommandParser.parse(words),
                Lines.image(List.of(), List.of("app"), test, shell, Set.of()),
                Lines.FACTS,
                imageHas);
    }

    private static List<String> healthOptions(Rewrite rewrite) {
        return rewrite.options().stream().filter(option -> option.contains("health")).toList();
    }

    @Test
    void theImagesShellFormRunsThroughTheLauncher() {
        Rewrite rewrite =
                rewrite(List.of("CMD-SHELL", "curl -f 'x' || exit 1"), List.of(), NO_SHELL);

        assertThat(healthOptions(rewrite))
                .containsExactly(
                        "--health-cmd=exec /.mirrord/run /bin/sh -c 'curl -f '\\''x'\\'' || exit"
                                + " 1'");
    }

    @Test
    void theImagesOwnShellIsKept() {
        Rewrite rewrite =
                rewrite(
                        List.of("CMD-SHELL", "true"),
                        List.of("/bin/bash", "-o", "pipefail", "-c"),
                        NO_SHELL);

        assertThat(healthOptions(rewrite))
                .containsExactly("--health-cmd=exec /.mirrord/run /bin/bash -o pipefail -c true");
    }

    @Test
    void theExecFormBecomesAQuotedLineWhereThereIsAShell() {
        Rewrite rewrite = rewrite(List.of("CMD", "/probe", "a b", "$x"), List.of(), SHELL);

        assertThat(healthOptions(rewrite))
                .containsExactly("--health-cmd=exec /.mirrord/run /probe 'a b' '$x'");
        assertThat(rewrite.notices()).isEmpty();
    }

    @Test
    void theExecFormIsKeptWhereThereIsNoShell() {
        Rewrite rewrite = rewrite(List.of("CMD", "/probe", "a b"), List.of(), NO_SHELL);

        assertThat(healthOptions(rewrite)).isEmpty();
        assertThat(rewrite.execHealthCheck()).containsExactly("/.mirrord/run", "/probe", "a b");
        assertThat(rewrite.notices()).isEmpty();
    }

    @Test
    void podmansClientHasAnOptionForTheExecForm() {
        Rewrite rewrite =
                Rewriter.rewrite(
                        CommandParser.parse(List.of("podman", "run", "img")),
                        Lines.image(
                                List.of(),
                                List.of("app"),
                                List.of("CMD", "/probe", "a b"),
                                List.of(),
                                Set.of()),
                        Lines.FACTS,
                        NO_SHELL);

        assertThat(healthOptions(rewrite))
                .containsExactly("--health-cmd=[\"/.mirrord/run\",\"/probe\",\"a b\"]");
        assertThat(rewrite.execHealthCheck()).isEmpty();
    }

    @Test
    void theUsersCommandReplacesTheImagesAndIntervalsStay() {
        Rewrite rewrite =
                rewrite(
                        List.of("CMD", "/probe"),
                        List.of(),
                        NO_SHELL,
                        "--health-interval=5s",
                        "--health-cmd",
                        "test -e /ok",
                        "--health-retries=2");

        assertThat(healthOptions(rewrite))
                .containsExactly(
                        "--health-interval=5s",
                        "--health-retries=2",
                        "--health-cmd=exec /.mirrord/run /bin/sh -c 'test -e /ok'");
    }

    @Test
    void intervalsAloneKeepTheImagesTest() {
        Rewrite rewrite =
                rewrite(List.of("CMD-SHELL", "x"), List.of(), NO_SHELL, "--health-timeout=1s");

        assertThat(healthOptions(rewrite))
                .containsExactly(
                        "--health-timeout=1s", "--health-cmd=exec /.mirrord/run /bin/sh -c x");
    }

    @Test
    void noHealthCheckStaysNone() {
        assertThat(healthOptions(rewrite(List.of("NONE"), List.of(), SHELL))).isEmpty();
        assertThat(healthOptions(rewrite(List.of(), List.of(), SHELL))).isEmpty();
        assertThat(
                        healthOptions(
                                rewrite(
                                        List.of("CMD-SHELL", "x"),
                                        List.of(),
                                        SHELL,
                                        "--no-healthcheck")))
                .containsExactly("--no-healthcheck=true");
    }

    @Test
    void aShellThatIsNoPosixShellIsLeftAlone() {
        Rewrite rewrite =
                rewrite(
                        List.of("CMD-SHELL", "x"),
                        List.of("pwsh", "-Command"),
                        SHELL,
                        "--health-cmd=Get-Item x");

        assertThat(healthOptions(rewrite)).containsExactly("--health-cmd=Get-Item x");
        assertThat(rewrite.notices()).hasSize(1);
    }
}
