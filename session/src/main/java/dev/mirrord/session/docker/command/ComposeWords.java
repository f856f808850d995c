package dev.mirrord.session.docker.command;

import dev.mirrord.session.docker.CommandException;
import java.util.List;
import java.util.Optional;

/**
 * {@code docker [GLOBAL…] compose …}.
 *
 * @param docker the program and its own options
 * @param rest what follows {@code compose}
 */
public record ComposeWords(ContainerRuntime runtime, List<String> docker, List<String> rest) {
    private static final String WORD = "compose";

    public ComposeWords {
        docker = List.copyOf(docker);
        rest = List.copyOf(rest);
    }

    /** Empty if {@code words} are something else, or nothing that can be read. */
    public static Optional<ComposeWords> of(List<String> words) {
        if (!words.contains(WORD)) {
            return Optional.empty();
        }
        return ContainerRuntime.of(words.getFirst()).flatMap(runtime -> of(runtime, words));
    }

    private static Optional<ComposeWords> of(ContainerRuntime runtime, List<String> words) {
        try {
            List<String> rest =
                    new FlagParser<>(runtime.word(), GlobalFlag.of(runtime))
                            .parse(words.subList(1, words.size()))
                            .rest();
            if (rest.isEmpty() || !rest.getFirst().equals(WORD)) {
                return Optional.empty();
            }
            return Optional.of(
                    new ComposeWords(
                            runtime,
                            words.subList(0, words.size() - rest.size()),
                            rest.subList(1, rest.size())));
        } catch (CommandException e) {
            return Optional.empty(); // Who runs it says what is wrong.
        }
    }
}
