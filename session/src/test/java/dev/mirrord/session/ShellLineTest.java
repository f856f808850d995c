package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellLineTest {
    @Test
    void wordsThatAShellWouldChangeAreQuoted() {
        assertThat(ShellLine.of(List.of("docker", "run", "a b", "it's", "")))
                .isEqualTo("docker run 'a b' 'it'\\''s' ''");
    }

    @Test
    void valuesOfVariablesAreMasked() {
        assertThat(
                        ShellLine.of(
                                List.of(
                                        "docker",
                                        "run",
                                        "-e",
                                        "A=secret",
                                        "--env=B=secret",
                                        "-e",
                                        "C")))
                .isEqualTo("docker run -e 'A=***' '--env=B=***' -e C")
                .doesNotContain("secret");
    }
}
