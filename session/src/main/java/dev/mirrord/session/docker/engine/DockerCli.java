package dev.mirrord.session.docker.engine;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The user's own client, with the options that made the user's line reach its engine. */
public record DockerCli(String program, List<String> globalWords) {

    public DockerCli {
        globalWords = List.copyOf(globalWords);
    }

    /** Whose client it is. */
    ContainerRuntime runtime() {
        return ContainerRuntime.of(program).orElse(ContainerRuntime.DOCKER);
    }

    public static DockerCli of(ContainerCommand command) {
        return new DockerCli(command.program(), command.globals().words());
    }

    /** The whole line of a subcommand. */
    public List<String> line(String... subcommand) {
        List<String> words = new ArrayList<>();
        words.add(program);
        words.addAll(globalWords);
        words.addAll(Arrays.asList(subcommand));
        return words;
    }

    Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new EngineException(
                    "cannot start " + program + ": " + failure.getMessage(),
                    "Install it, or give its path in the container line.",
                    failure);
        }
    }
}
