package dev.mirrord.cli;

import dev.mirrord.session.SessionOutput;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Where lines for the user go: standard error, so that the app's own output is never touched. */
final class Terminal implements SessionOutput {
    private final PrintStream err;
    private final Progress progress;
    private final boolean verbose;
    private final boolean coloured;

    Terminal(PrintStream err, boolean quiet, boolean verbose) {
        this(err, Progress.of(quiet, System.getenv()), verbose, isColoured(System.getenv()));
    }

    Terminal(PrintStream err, Progress progress, boolean verbose, boolean coloured) {
        this.err = err;
        this.progress = progress;
        this.verbose = verbose;
        this.coloured = coloured;
    }

    /** How it is said what goes on: the peer's MIRRORD_PROGRESS_MODE. */
    enum Progress {
        /** A line for each step, where somebody looks. */
        STEPS,
        LINES,
        /** One object a line, as the peer's. */
        JSON,
        OFF;

        private static final String VARIABLE = "MIRRORD_PROGRESS_MODE";
        private static final String JSON_WORD = "json";

        static boolean isJson(Map<String, String> environment) {
            return JSON_WORD.equals(environment.get(VARIABLE));
        }

        static Progress of(boolean quiet, Map<String, String> environment) {
            if (quiet) {
                return OFF;
            }
            return switch (environment.getOrDefault(VARIABLE, "")) {
                case "off" -> OFF;
                case JSON_WORD -> JSON;
                case "dumb" -> LINES;
                default -> isTerminal() ? STEPS : LINES;
            };
        }
    }

    /**
     * A line that {@code -q} silences. The carriage return keeps lines straight while docker has
     * the terminal in raw mode.
     */
    @Override
    public void notice(String text) {
        say("Info", text);
    }

    /** What is wrong and does not stop us. */
    void warning(String text) {
        say("Warning", text);
    }

    private void say(String type, String text) {
        switch (progress) {
            case STEPS, LINES -> write(text);
            case JSON -> json(JsonLine.object("type", type, "message", text));
            case OFF -> {}
        }
    }

    /** A line that only {@code -v} shows. */
    @Override
    public void detail(String text) {
        if (verbose && progress != Progress.JSON) {
            write(text);
        }
    }

    @Override
    public void begins(Step step) {
        if (progress == Progress.JSON) {
            json(JsonLine.object("type", "NewTask", "name", step.text()));
        }
    }

    @Override
    public void ended(Step step, boolean successful, String text, Duration took) {
        switch (progress) {
            case STEPS -> {
                // A failure is said once, by whoever ends because of it.
                if (successful) {
                    line(dimmed("%-18s %5.2f s  %s", step, took, text));
                }
            }
            case JSON -> json(finished(step.text(), successful, text));
            case LINES, OFF -> {}
        }
    }

    private String dimmed(String format, Step step, Duration took, String text) {
        String line = String.format(Locale.ROOT, format, step.text(), took.toMillis() / 1e3, text);
        return coloured ? "\u001b[2m" + line + "\u001b[0m" : line;
    }

    private void write(String text) {
        line(text);
    }

    private synchronized void line(String text) {
        err.print("mirrord: " + text.replace("\n", "\r\n") + (isTerminal() ? "\r\n" : "\n"));
        err.flush();
    }

    /** The object that says that something is over. */
    static String finished(String name, boolean successful, String text) {
        return JsonLine.object(
                "type", "FinishedTask", "name", name, "success", successful, "message", text);
    }

    private synchronized void json(String object) {
        err.print(object + "\n");
        err.flush();
    }

    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** https://no-color.org */
    private static boolean isColoured(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }
}
