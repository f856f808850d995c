package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.command.CommandParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserEnvironmentIT {

    @Test
    void namesComeFromOptionsAndFiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("env");
        Files.writeString(file, "\uFEFF# comment\n\n  A=1=2\nSET\nUNSET\n#B=3\nC=\n");

        assertThat(
                        UserEnvironment.names(
                                CommandParser.parse(
                                        List.of(
                                                "docker",
                                                "run",
                                                "-e",
                                                "X=y z",
                                                "--env=BARE",
                                                "--env-file",
                                                file.toString(),
                                                "img")),
                                Map.of("SET", "1")))
                .containsExactly("A", "BARE", "C", "SET", "X");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(
                        () ->
                                UserEnvironment.names(
                                        Lines.parse("docker run --env-file /no/file img"),
                                        Map.of()))
                .hasMessageContaining("--env-file /no/file cannot be read");
    }

    @Test
    void aValueWithoutANameIsRefused() {
        assertThatThrownBy(
                        () -> UserEnvironment.names(Lines.parse("docker run -e =x img"), Map.of()))
                .hasMessage("invalid environment variable: =x");
    }
}
