package dev.mirrord.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All commands. To read the options of one takes longer than to run many a command: of those that
 * the command line does not name there are name and description only.
 */
final class CommandTree {
    private static final List<Class<?>> COMMANDS =
            List.of(
                    ContainerCommand.class,
                    ContainerExtCommand.class,
                    DumpCommand.class,
                    ListCommand.class,
                    SessionCommand.class,
                    DoctorCommand.class,
                    DiagnoseCommand.class,
                    CleanCommand.class,
                    PluginCommand.class,
                    FilesCommand.class,
                    ConfigCommand.class,
                    CompletionCommand.class,
                    VersionCommand.class,
                    CompleteCommand.class,
                    ManualCommand.class,
                    TrainCommand.class);

    private CommandTree() {}

    /** With the options of every command. */
    static CommandLine whole() {
        return of(_ -> true);
    }

    /** What it takes to run a command line. */
    static CommandLine forArguments(String... arguments) {
        // None of the options before a command has a value.
        Optional<String> named =
                Arrays.stream(arguments).filter(each -> !each.startsWith("-")).findFirst();
        return of(command -> named.filter(command.name()::equals).isPresent());
    }

    private static CommandLine of(Predicate<Command> whole) {
        CommandLine root = new CommandLine(new MirrordCommand());
        for (Class<?> type : COMMANDS) {
            Command command = Objects.requireNonNull(type.getAnnotation(Command.class));
            if (whole.test(command)) {
                root.addSubcommand(command.name(), type);
            } else {
                root.addSubcommand(command.name(), named(command));
            }
        }
        root.setExecutionExceptionHandler(new FailureText());
        root.setParameterExceptionHandler(new UsageFailureText());
        root.setUsageHelpWidth(100);
        root.setUsageHelpLongOptionsMaxWidth(34);
        for (CommandLine command : root.getSubcommands().values()) {
            // What follows is the container's own.
            if (command.getCommandSpec().userObject() instanceof ContainerCommand) {
                command.setStopAtPositional(true);
            }
        }
        return root;
    }

    private static CommandSpec named(Command command) {
        CommandSpec spec = CommandSpec.create().name(command.name());
        spec.usageMessage().description(command.description()).hidden(command.hidden());
        return spec;
    }
}
