package dev.mirrord.session;

import java.io.Console;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The user's own {@code docker run}, with our terminal as its own. Docker's client handles the
 * terminal, resizes and Ctrl-C, as without us; signals that reach only us are passed on to it.
 */
final class AppProcess {
    private final Process process;

    private AppProcess(Process process) {
        this.process = process;
    }

    static AppProcess start(List<String> command) {
        try {
            return new AppProcess(new ProcessBuilder(command).inheritIO().start());
        } catch (IOException e) {
            throw new SessionFailure(
                    "cannot run %s: %s".formatted(command.getFirst(), e.getMessage()), e);
        }
    }

    CompletableFuture<Integer> exitCode() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** From now on our signals are docker's. Ctrl-C on a terminal reaches docker by itself. */
    void forwardSignals() {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        Signals.handle(
                "INT",
                () -> {
                    if (!terminal) {
                        interrupt();
                    }
                });
        Signals.handle("TERM", process::destroy);
        Signals.handle("HUP", process::destroy);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
    }

    private void interrupt() {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        } catch (IOException e) {
            process.destroy();
        }
    }
}
