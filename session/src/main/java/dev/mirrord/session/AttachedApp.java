package dev.mirrord.session;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The user's own {@code docker run}, with our terminal as its own: docker's client handles the
 * terminal and its resizes, as without us.
 *
 * <p>Signals that reach only us are sent to the container. Ctrl-C on a terminal reaches docker's
 * client by itself; that of Docker 28 does not pass it on from {@code docker start --attach}, as it
 * does from {@code docker run}, but ends with exit code 0. Then the signal is sent for it, and the
 * container, which goes on, is followed anew.
 */
final class AttachedApp implements RunningApp {
    /** What {@code docker run} passes on; KILL and STOP cannot be, QUIT is the JVM's own. */
    private static final List<String> SIGNALS =
            List.of("TERM", "HUP", "USR1", "USR2", "ALRM", "CONT");

    private final EngineSide engine;
    private final Optional<String> container;
    private volatile Process process;
    private volatile boolean interrupted;

    private AttachedApp(EngineSide engine, Optional<String> container, Process process) {
        this.engine = engine;
        this.container = container;
        this.process = process;
    }

    /** Starts the app; from now on our signals are the app's. */
    static AttachedApp start(AppCommand app, EngineSide engine, ContainerCommand command) {
        AttachedApp started = new AttachedApp(engine, app.container(), run(app.start()));
        started.forwardSignals(command.last(RunFlag.SIG_PROXY).filter("false"::equals).isEmpty());
        return started;
    }

    private static Process run(List<String> line) {
        try {
            return new ProcessBuilder(line).inheritIO().start();
        } catch (IOException e) {
            throw new SessionFailure(
                    "cannot run %s: %s".formatted(line.getFirst(), e.getMessage()), e);
        }
    }

    @Override
    public CompletableFuture<Integer> exitCode() {
        return process.onExit()
                .thenComposeAsync(
                        ended ->
                                container
                                        .filter(id -> interrupted && engine.isAppRunning(id))
                                        .map(this::followAnew)
                                        .orElseGet(
                                                () ->
                                                        CompletableFuture.completedFuture(
                                                                ended.exitValue())),
                        Background.EXECUTOR);
    }

    private CompletableFuture<Integer> followAnew(String id) {
        interrupted = false;
        process = run(engine.attachLine(id));
        engine.signalApp(id, "INT");
        return exitCode();
    }

    private void forwardSignals(boolean proxied) {
        Signals.handle(
                "INT",
                () -> {
                    if (isForeground()) {
                        interrupted = true;
                    } else {
                        send("INT");
                    }
                });
        for (String signal : proxied ? SIGNALS : List.of("TERM", "HUP")) {
            Signals.handle(signal, () -> send(signal));
        }
    }

    private void send(String signal) {
        Background.start(
                "signal",
                () -> {
                    container.ifPresentOrElse(
                            id -> engine.signalApp(id, signal), () -> sendToClient(signal));
                    return signal;
                });
    }

    private void sendToClient(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        } catch (IOException e) {
            process.destroy();
        }
    }

    /** True where Ctrl-C reaches docker's client as well: it is in the terminal's own group. */
    private static boolean isForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[2].equals(fields[5]);
        } catch (IOException e) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    @Override
    public void connected() {}

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
