package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.session.SessionFailure;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The one place that turns a failure into text and exit code. */
final class FailureText implements IExecutionExceptionHandler {
    /** Docker's convention for a container that was never started. */
    static final int OUR_FAILURE = 125;

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean trace = parsed.originalArgs().contains("--stacktrace");
        switch (failure) {
            case ConfigException config ->
                    config.problems().forEach(p -> err.println("mirrord: " + p));
            case SessionFailure session -> err.println("mirrord: " + session.getMessage());
            default -> err.println("mirrord: unexpected failure: " + failure);
        }
        if (trace) {
            failure.printStackTrace(err);
        }
        return OUR_FAILURE;
    }
}
