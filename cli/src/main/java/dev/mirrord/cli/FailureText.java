package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.session.SessionFailure;
import java.io.PrintWriter;
import java.util.List;
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
        List<String> texts =
                switch (failure) {
                    case ConfigException config ->
                            config.problems().stream().map(Object::toString).toList();
                    case SessionFailure session -> List.of(String.valueOf(session.getMessage()));
                    default -> List.of("unexpected failure: " + failure);
                };
        if (Terminal.Progress.isJson(System.getenv())) {
            err.println(Terminal.finished("mirrord", false, String.join("\n", texts)));
        } else {
            texts.forEach(text -> err.println("mirrord: " + text));
        }
        if (trace) {
            failure.printStackTrace(err);
        }
        return OUR_FAILURE;
    }
}
