package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.config.source.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeLineTest {
    @TempDir Path directory;

    @Test
    void theVerbComesAfterTheOptionsAndTheirValues() {
        ComposeLine line =
                ComposeLine.of(
                        List.of("-f", "a", "--file=b", "--verbose", "-p", "up", "up", "-d", "-f"));
        assertThat(line.verb()).isEqualTo("up");
        assertThat(line.command()).containsExactly("up", "-d", "-f");
        assertThat(line.values("-f", "--file")).containsExactly("a", "b");
        assertThat(line.optionsWithoutFiles()).containsExactly("--verbose", "-p", "up");
    }

    @Test
    void aLineWithoutAVerbHasNone() {
        assertThat(ComposeLine.of(List.of("--version")).verb()).isEmpty();
        assertThat(ComposeLine.of(List.of("-f")).verb()).isEmpty();
    }

    @Test
    void filesAreThoseThatComposeTakes() throws IOException {
        Path inner = Files.createDirectories(directory.resolve("a/b"));
        Path file = Files.writeString(directory.resolve("compose.yaml"), "services: {}");
        Path override = Files.writeString(directory.resolve("compose.override.yml"), "");
        assertThat(files(List.of(), directory).files())
                .containsExactly(Path.of("compose.yaml"), Path.of("compose.override.yml"));
        assertThat(files(List.of(), inner).files()).containsExactly(file, override);
        assertThat(files(List.of("-f", "x.yaml"), inner).files())
                .containsExactly(Path.of("x.yaml"));
        assertThat(
                        ComposeFiles.of(
                                        ComposeLine.of(List.of()),
                                        directory,
                                        Map.of("COMPOSE_FILE", "x.yaml:y.yaml"))
                                .files())
                .containsExactly(Path.of("x.yaml"), Path.of("y.yaml"));
        Files.writeString(directory.resolve(".env"), "A=b\nCOMPOSE_FILE=z.yaml\n");
        assertThat(files(List.of(), directory).files()).containsExactly(Path.of("z.yaml"));
    }

    @Test
    void theLastFileThatHasAValueIsItsPlace() throws IOException {
        Path first = Files.writeString(directory.resolve("1.yaml"), "a:\n  b: 1\n  c: 2\n");
        Path second = Files.writeString(directory.resolve("2.yaml"), "a:\n  b: 3\n");
        Path broken = Files.writeString(directory.resolve("3.yaml"), "a: [\n");
        ComposeFiles files = new ComposeFiles(List.of(first, second, broken));
        assertThat(files.find(List.of("a", "b"))).map(Location::toString).contains(second + ":2:6");
        assertThat(files.find(List.of("a", "c"))).map(Location::toString).contains(first + ":3:6");
        assertThat(files.find(List.of("a", "d"))).isEqualTo(Optional.empty());
    }

    @Test
    void anExecutedCommandHasTheContext() {
        assertThat(
                        ExecLine.of(
                                List.of("exec", "-T", "-e", "web", "web", "sh", "-c"),
                                "web"::equals))
                .containsExactly("exec", "-T", "-e", "web", "web", "/.mirrord/run", "sh", "-c");
        assertThat(ExecLine.of(List.of("exec", "db", "sh"), "web"::equals))
                .containsExactly("exec", "db", "sh");
    }

    @Test
    void composeHasToKnowProviders() {
        for (String version : List.of("2.36.0", "v2.40.3", "5.0.1\n", "dev")) {
            assertThatCode(() -> ComposeVersion.check(version)).doesNotThrowAnyException();
        }
        for (String version : List.of("2.35.1", "v1.29.2")) {
            assertThatThrownBy(() -> ComposeVersion.check(version))
                    .hasMessageContaining("docker compose " + version + " is too old")
                    .hasMessageContaining("docker-compose-plugin");
        }
    }

    private static ComposeFiles files(List<String> words, Path directory) {
        return ComposeFiles.of(ComposeLine.of(words), directory, Map.of());
    }
}
