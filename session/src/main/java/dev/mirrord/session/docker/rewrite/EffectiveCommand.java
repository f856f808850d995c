package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.RunFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the container would execute without us: entry point, then command. An {@code --entrypoint}
 * drops the image's command too; an empty one drops the entry point as well.
 */
final class EffectiveCommand {

    private EffectiveCommand() {}

    static List<String> of(ContainerCommand command, ImageConfig image) {
        Optional<String> entrypoint = command.last(RunFlag.ENTRYPOINT);
        List<String> words = new ArrayList<>();
        if (entrypoint.isPresent()) {
            entrypoint
                    .filter(program -> !program.isEmpty())
                    .ifPresent(program -> words.addAll(entrypoint(command, program)));
            words.addAll(command.arguments());
        } else {
            words.addAll(image.entrypoint());
            words.addAll(command.arguments().isEmpty() ? image.command() : command.arguments());
        }
        if (words.isEmpty()) {
            throw new CommandException(
                    "No command specified: image %s has neither ENTRYPOINT nor CMD to run"
                            .formatted(command.image()),
                    "Put the command after the image's name.");
        }
        return List.copyOf(words);
    }

    /** Podman takes a JSON array too. */
    private static List<String> entrypoint(ContainerCommand command, String value) {
        return command.runtime() == ContainerRuntime.PODMAN
                ? JsonList.parse(value).orElse(List.of(value))
                : List.of(value);
    }
}
