package dev.mirrord.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** One command's manual page, in the macros of man(7), from what its help is made of. */
final class ManualPage {
    private final CommandSpec command;
    private final String version;
    private final String date;
    private final StringBuilder out = new StringBuilder();

    /**
     * @param date as the page shows it
     */
    ManualPage(CommandSpec command, String version, String date) {
        this.command = command;
        this.version = version;
        this.date = date;
    }

    /** {@code mirrord-config-verify} */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    String text() {
        macro("TH", name(command).toUpperCase(Locale.ROOT), "1", date, version, "mirrord");
        section("NAME");
        line(name(command) + " - " + firstSentence());
        section("SYNOPSIS");
        synopsis();
        section("DESCRIPTION");
        line(String.join(" ", description(command)));
        List<CommandSpec> commands = subcommands(command);
        if (!commands.isEmpty()) {
            section("COMMANDS");
            commands.forEach(each -> entry(bold(each.name()), description(each)));
        }
        arguments();
        options();
        if (command.parent() == null) {
            exitStatus();
        }
        examples();
        seeAlso(commands);
        return out.toString();
    }

    private String firstSentence() {
        String first = String.join(" ", description(command));
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private void synopsis() {
        out.append(bold(command.qualifiedName()));
        if (!shown(command.options()).isEmpty()) {
            out.append(" [").append(italic("OPTION")).append("]...");
        }
        for (PositionalParamSpec each : command.positionalParameters()) {
            String label = italic(each.paramLabel());
            out.append(each.arity().min() > 0 ? " " + label : " [" + label + "]");
        }
        if (!subcommands(command).isEmpty()) {
            out.append(' ').append(italic("COMMAND"));
        }
        out.append('\n');
    }

    private void arguments() {
        if (!command.positionalParameters().isEmpty()) {
            section("ARGUMENTS");
            command.positionalParameters()
                    .forEach(each -> entry(italic(each.paramLabel()), lines(each)));
        }
    }

    private void options() {
        List<OptionSpec> rest = new ArrayList<>(shown(command.options()));
        List<ArgGroupSpec> groups =
                command.argGroups().stream().filter(group -> group.heading() != null).toList();
        groups.forEach(group -> rest.removeAll(group.allOptionsNested()));
        if (!rest.isEmpty()) {
            section("OPTIONS");
            rest.forEach(this::option);
        }
        for (ArgGroupSpec group : groups) {
            String heading = String.valueOf(group.heading()).replace("%n", "").strip();
            macro(
                    "SS",
                    heading.endsWith(":") ? heading.substring(0, heading.length() - 1) : heading);
            shown(group.allOptionsNested()).forEach(this::option);
        }
    }

    private void option(OptionSpec option) {
        String names =
                Arrays.stream(option.names())
                        .map(ManualPage::bold)
                        .collect(Collectors.joining(", "));
        if (option.arity().max() > 0) {
            String label = italic(option.paramLabel());
            names += option.arity().min() > 0 ? " " + label : " [" + label + "]";
        }
        entry(names, lines(option));
    }

    private void exitStatus() {
        section("EXIT STATUS");
        entry(bold("125"), List.of("A failure of mirrord itself; nothing was run."));
        entry(bold("126"), List.of("The container's program cannot be executed."));
        entry(bold("127"), List.of("The container's program was not found."));
        entry(italic("other"), List.of("The container's own, as of docker run."));
    }

    private void examples() {
        String[] footer = command.usageMessage().footer();
        if (footer.length == 0) {
            return;
        }
        section("EXAMPLES");
        out.append(".nf\n");
        Arrays.stream(footer).map(String::strip).forEach(this::line);
        out.append(".fi\n");
    }

    private void seeAlso(List<CommandSpec> commands) {
        List<CommandSpec> related = new ArrayList<>(commands);
        if (command.parent() != null) {
            related.addFirst(command.parent());
        }
        if (!related.isEmpty()) {
            section("SEE ALSO");
            out.append(
                            related.stream()
                                    .map(each -> bold(name(each)) + "(1)")
                                    .collect(Collectors.joining(",\n")))
                    .append('\n');
        }
    }

    /** Those that help shows, in its order. */
    static List<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(each -> !each.usageMessage().hidden())
                .distinct()
                .toList();
    }

    private static List<OptionSpec> shown(List<OptionSpec> options) {
        return options.stream().filter(each -> !each.hidden()).toList();
    }

    private static List<String> description(CommandSpec command) {
        return Arrays.asList(command.usageMessage().description());
    }

    private static List<String> lines(ArgSpec argument) {
        return Arrays.asList(argument.description());
    }

    private void section(String title) {
        macro("SH", title);
    }

    private void macro(String name, String... arguments) {
        out.append('.').append(name);
        for (String each : arguments) {
            out.append(" \"").append(escaped(each).replace("\"", "\\(dq")).append('"');
        }
        out.append('\n');
    }

    private void entry(String term, List<String> text) {
        out.append(".TP\n").append(term).append('\n');
        line(String.join(" ", text));
    }

    private void line(String text) {
        String plain = escaped(text.replace("%n", " ").replace("%%", "%"));
        out.append(plain.startsWith(".") || plain.startsWith("'") ? "\\&" : "")
                .append(plain)
                .append('\n');
    }

    private static String bold(String text) {
        return "\\fB" + escaped(text) + "\\fR";
    }

    private static String italic(String text) {
        return "\\fI" + escaped(text) + "\\fR";
    }

    /** A hyphen is to be the one that can be typed. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
    }
}
