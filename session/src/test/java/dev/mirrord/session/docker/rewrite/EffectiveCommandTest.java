package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.CommandParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveCommandTest {

    /** Columns: ENTRYPOINT, CMD, options, arguments, what is executed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-       |app x|-               |-    |app x",
                "/entry  |-    |-               |-    |/entry",
                "/entry a|cmd b|-               |-    |/entry a cmd b",
                "/entry a|cmd b|-               |c d  |/entry a c d",
                "-       |cmd b|-               |c    |c",
                "/entry a|cmd b|--entrypoint=/e2|-    |/e2",
                "/entry a|cmd b|--entrypoint=/e2|c    |/e2 c",
                "/entry a|cmd b|--entrypoint=   |c d  |c d",
                "/bin/sh -c|x|--entrypoint=/a --entrypoint=/b|-|/b",
            })
    void entryPointAndCommandAddUpAsInDocker(
            String entrypoint, String cmd, String options, String arguments, String executed) {
        List<String> line = new ArrayList<>(List.of("docker", "run"));
        line.addAll(words(options));
        line.add("img");
        line.addAll(words(arguments));

        assertThat(
                        EffectiveCommand.of(
                                CommandParser.parse(line),
                                Lines.image(words(entrypoint), words(cmd))))
                .isEqualTo(words(executed));
    }

    @Test
    void withoutAnythingToRunTheMessageIsDockersOwn() {
        assertThatThrownBy(() -> Lines.rewrite("docker run img", Lines.image(List.of(), List.of())))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("No command specified");
        assertThatThrownBy(() -> Lines.rewrite("docker run --entrypoint= img"))
                .hasMessageStartingWith("No command specified");
    }

    private static List<String> words(String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split(" "));
    }
}
