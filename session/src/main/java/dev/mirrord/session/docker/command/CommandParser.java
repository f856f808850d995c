package dev.mirrord.session.docker.command;

import dev.mirrord.session.docker.CommandException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code [path/]docker [GLOBAL…] [container] run|create [OPTIONS] IMAGE [COMMAND] [ARG…]}.
 */
public final class CommandParser {

    private static final String USAGE =
            "Put a container line after --, for example: "
                    + "mirrord container -t deployment/web -- docker run --rm -it myimg";

    private CommandParser() {}

    /** Fails with {@link CommandException} on anything the docker CLI would not accept either. */
    public static ContainerCommand parse(List<String> words) {
        if (words.isEmpty()) {
            throw new CommandException("no container line was given", USAGE);
        }
        String program = words.getFirst();
        ContainerRuntime runtime =
                ContainerRuntime.of(program).orElseThrow(() -> unknownProgram(program));
        FlagParser.Parsed<GlobalFlag> globals =
                new FlagParser<>(runtime.word(), GlobalFlag.of(runtime))
                        .parse(words.subList(1, words.size()));
        List<String> rest = new ArrayList<>(globals.rest());
        if (!rest.isEmpty() && rest.getFirst().equals("container")) {
            rest.removeFirst();
        }
        if (rest.isEmpty()) {
            throw new CommandException("'" + String.join(" ", words) + "' has no run", USAGE);
        }
        Verb verb = verb(runtime, rest.removeFirst());
        return containerCommand(runtime, program, new GlobalOptions(globals.options()), verb, rest);
    }

    private static ContainerCommand containerCommand(
            ContainerRuntime runtime,
            String program,
            GlobalOptions globals,
            Verb verb,
            List<String> words) {
        String command = runtime.word() + " " + verb.word();
        FlagParser.Parsed<RunFlag> parsed =
                new FlagParser<>(command, RunFlag.of(runtime, verb)).parse(words);
        if (parsed.options().stream().anyMatch(option -> option.flag() == RunFlag.HELP)) {
            throw new CommandException(
                    "--help is " + command + "'s own", "Run '" + command + " --help' by itself.");
        }
        if (parsed.rest().isEmpty()) {
            throw new CommandException(
                    "'" + command + "' requires at least 1 argument: the image",
                    "See '" + command + " --help'.");
        }
        return new ContainerCommand(
                runtime,
                program,
                globals,
                verb,
                parsed.options(),
                parsed.rest().getFirst(),
                parsed.rest().subList(1, parsed.rest().size()));
    }

    private static Verb verb(ContainerRuntime runtime, String word) {
        return switch (word) {
            case "run" -> Verb.RUN;
            case "create" -> Verb.CREATE;
            case "start", "restart" ->
                    throw new CommandException(
                            "a container that exists cannot be brought into a target's context: its"
                                    + " network was fixed when it was created",
                            "Use "
                                    + runtime.word()
                                    + " run, or "
                                    + runtime.word()
                                    + " create after mirrord container -t TARGET --.");
            case "exec" ->
                    throw new CommandException(
                            "an exec goes into a container that runs already",
                            "Use "
                                    + runtime.word()
                                    + " exec CONTAINER /.mirrord/run COMMAND while its session"
                                    + " lasts.");
            default ->
                    throw new CommandException(
                            "'" + runtime.word() + " " + word + "' is not run or create", USAGE);
        };
    }

    private static CommandException unknownProgram(String program) {
        return new CommandException("'" + program + "' is not docker, podman or nerdctl", USAGE);
    }
}
