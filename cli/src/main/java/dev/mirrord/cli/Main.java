package dev.mirrord.cli;

import dev.mirrord.session.Preload;
import java.util.logging.LogManager;
import picocli.CommandLine;

/** Entry point of the {@code mirrord} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Libraries log to standard error by default; what the user has to know, we say.
        LogManager.getLogManager().reset();
        if (arguments.length > 0 && arguments[0].equals("container")) {
            Preload.start();
        }
        int exitCode = commandLine().execute(arguments);
        System.out.flush();
        System.exit(exitCode);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new MirrordCommand());
        commandLine.setExecutionExceptionHandler(new FailureText());
        commandLine.setParameterExceptionHandler(new UsageFailureText());
        commandLine.setUsageHelpWidth(100);
        commandLine.setUsageHelpLongOptionsMaxWidth(34);
        CommandLine container = commandLine.getSubcommands().get("container");
        if (container != null) {
            container.setStopAtPositional(true);
        }
        return commandLine;
    }
}
