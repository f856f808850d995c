package dev.mirrord.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/** Entry point of the {@code mirrord} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int exitCode = commandLine().execute(arguments);
        System.out.flush();
        System.exit(exitCode);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new MirrordCommand());
        commandLine.setExecutionExceptionHandler(new FailureText());
        commandLine.setParameterExceptionHandler(new UsageFailureText());
        commandLine.setErr(new PrintWriter(System.err, true));
        commandLine.setUsageHelpLongOptionsMaxWidth(34);
        commandLine.getSubcommands().get("container").setStopAtPositional(true);
        return commandLine;
    }
}
