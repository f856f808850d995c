package dev.mirrord.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All commands. To read the options of one takes longer than to run many a command: of those that
 * the command line does not name there are name and description only.
 */
final class CommandTree {
    private static final List<Entry> COMMANDS =
            List.of(
                    Entry.of(
                            "container",
                            ContainerCommand.class,
                            "Run 'docker run …' with the environment, DNS, network and traffic of a"
                                    + " pod."),
                    Entry.hidden(
                            "container-ext",
                            ContainerExtCommand.class,
                            "Prepare a session and print, as JSON, what an IDE has to add to its"
                                    + " own run command.",
                            "It ends with the container, or when standard input ends."),
                    Entry.of(
                            "dump",
                            DumpCommand.class,
                            "Print a copy of what arrives at a pod's ports; no app, no Docker."),
                    Entry.of("ls", ListCommand.class, "List the targets that a namespace has."),
                    Entry.of(
                            "session",
                            SessionCommand.class,
                            "List, show and stop sessions, those of -d included."),
                    Entry.of(
                            "doctor",
                            DoctorCommand.class,
                            "Check engine, kernel, cluster, clock and rights, and say what to do."),
                    Entry.of(
                            "diagnose",
                            DiagnoseCommand.class,
                            "Measure what a session would be like."),
                    Entry.of(
                            "clean",
                            CleanCommand.class,
                            "Remove what sessions of mine have left whose process is dead.",
                            "A container of yours stays unless it never ran."),
                    Entry.of(
                            "plugin",
                            PluginCommand.class,
                            "Put the plugin for Docker Compose in place, for me alone."),
                    Entry.of("fs", FilesCommand.class, "Show where files are served."),
                    Entry.of("config", ConfigCommand.class, "Check and show the configuration."),
                    Entry.of(
                            "completion",
                            CompletionCommand.class,
                            "Print the completion script of a shell: options, targets,"
                                    + " namespaces."),
                    Entry.of(
                            "version",
                            VersionCommand.class,
                            "Show the versions of CLI, images, protocol, engine and cluster."),
                    Entry.hidden("complete", CompleteCommand.class),
                    Entry.hidden(
                            "manual",
                            ManualCommand.class,
                            "Write the manual pages of all commands."),
                    Entry.hidden("train", TrainCommand.class));

    /**
     * @param type has the options as annotations, to read which takes long
     */
    private record Entry(String name, Class<?> type, boolean hidden, List<String> description) {
        static Entry of(String name, Class<?> type, String... description) {
            return new Entry(name, type, false, List.of(description));
        }

        static Entry hidden(String name, Class<?> type, String... description) {
            return new Entry(name, type, true, List.of(description));
        }

        CommandSpec named(CommandSpec spec) {
            spec.name(name)
                    .usageMessage()
                    .description(description.toArray(String[]::new))
                    .hidden(hidden);
            return spec;
        }
    }

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
        return of(command -> named.filter(command.name::equals).isPresent());
    }

    private static CommandLine of(Predicate<Entry> whole) {
        CommandLine root = new CommandLine(MirrordCommand.spec());
        for (Entry each : COMMANDS) {
            CommandSpec command =
                    whole.test(each)
                            ? new CommandLine(each.type).getCommandSpec()
                            : CommandSpec.create();
            root.addSubcommand(each.name, each.named(command));
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
}
