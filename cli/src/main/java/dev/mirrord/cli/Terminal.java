package dev.mirrord.cli;

import dev.mirrord.session.SessionOutput;
import java.io.Console;
import java.io.PrintStream;

/** Where lines for the user go: standard error, so that the app's own output is never touched. */
final class Terminal implements SessionOutput {
    private final PrintStream err;
    private final boolean quiet;
    private final boolean verbose;

    Terminal(PrintStream err, boolean quiet, boolean verbose) {
        this.err = err;
        this.quiet = quiet;
        this.verbose = verbose;
    }

    /**
     * A line that {@code -q} silences. The carriage return keeps lines straight while docker has
     * the terminal in raw mode.
     */
    @Override
    public void notice(String text) {
        if (!quiet) {
            write(text);
        }
    }

    /** A line that only {@code -v} shows. */
    @Override
    public void detail(String text) {
        if (verbose) {
            write(text);
        }
    }

    private void write(String text) {
        err.print("mirrord: " + text.replace("\n", "\r\n") + (isTerminal() ? "\r\n" : "\n"));
        err.flush();
    }

    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
