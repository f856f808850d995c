package dev.mirrord.session.docker.command;

import java.util.List;
import java.util.Optional;

/**
 * A {@code docker run} or {@code docker create} line that has been understood.
 *
 * @param program as typed: {@code docker}, {@code /usr/local/bin/docker}
 * @param image as typed
 * @param arguments what follows the image
 */
public record ContainerCommand(
        ContainerRuntime runtime,
        String program,
        GlobalOptions globals,
        Verb verb,
        List<Option<RunFlag>> options,
        String image,
        List<String> arguments) {

    public ContainerCommand {
        options = List.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /** Every value of a flag, older spellings included, in the order given. */
    public List<String> all(RunFlag flag) {
        return options.stream()
                .filter(option -> option.flag().canonical() == flag.canonical())
                .map(Option::value)
                .toList();
    }

    /** The value that counts when a flag can have only one. */
    public Optional<String> last(RunFlag flag) {
        return all(flag).stream().reduce((first, second) -> second);
    }

    public boolean given(RunFlag flag) {
        return last(flag).isPresent();
    }

    /** A boolean flag's value; false where it is not given. */
    public boolean on(RunFlag flag) {
        return last(flag).filter("true"::equals).isPresent();
    }

    /** The program returns while the container goes on, or before it is started. */
    public boolean detached() {
        return verb == Verb.CREATE || on(RunFlag.DETACH);
    }

    public Optional<String> containerName() {
        return last(RunFlag.NAME).filter(name -> !name.isEmpty());
    }
}
