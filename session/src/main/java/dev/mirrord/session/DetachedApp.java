package dev.mirrord.session;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.Verb;
import dev.mirrord.session.docker.engine.ContainerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An app of {@code docker run -d} or {@code docker create}: its session is this process, which
 * nobody sees any more once it has printed the container's id.
 *
 * <pre>
 *   created --docker start--&gt; runs --ends, or is stopped--&gt; down --5 s, or removed--&gt; over
 *                              ^ '--restart policy--&gt; restarting  |
 *                              '------docker restart, start-------'
 * </pre>
 */
final class DetachedApp implements RunningApp {
    private static final long LOOK_MILLIS = 500;

    /** Between the two halves of {@code docker restart} the app is down. */
    private static final long DOWN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EngineSide engine;
    private final String container;
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private volatile boolean stopping;

    private DetachedApp(EngineSide engine, String container) {
        this.engine = engine;
        this.container = container;
    }

    /**
     * Starts the container, or leaves a created one alone. The end of a terminal is not the
     * session's; SIGTERM stops the app.
     */
    static DetachedApp start(AppCommand app, EngineSide engine, ContainerCommand command) {
        DetachedApp started = new DetachedApp(engine, container(app, command));
        for (String signal : List.of("INT", "HUP")) {
            Signals.handle(signal, () -> {});
        }
        Signals.handle("TERM", () -> Background.start("stop", started::stop));
        Thread.ofPlatform().daemon().name("mirrord-app").start(started::watch);
        return started;
    }

    private static String container(AppCommand app, ContainerCommand command) {
        if (command.verb() == Verb.CREATE) {
            return app.container().orElseThrow();
        }
        String printed =
                ClientOutput.of(
                        app.start(),
                        "the container could not be started; the words of %s are above"
                                .formatted(app.start().getFirst()));
        return app.container().orElse(printed);
    }

    private void watch() {
        long downSince = 0;
        while (!exitCode.isDone()) {
            Optional<ContainerState> state = look();
            if (state.isEmpty()) {
                exitCode.complete(0);
            } else if (!isDown(state.get())) {
                downSince = 0;
            } else if (downSince == 0 && !stopping) {
                downSince = System.nanoTime();
            } else if (stopping || System.nanoTime() - downSince > DOWN_NANOS) {
                exitCode.complete(state.get().exitCode());
            }
            pause();
        }
    }

    /** Empty when the container has been removed. An engine that does not answer is waited for. */
    private Optional<ContainerState> look() {
        while (true) {
            try {
                return engine.app(container);
            } catch (RuntimeException e) {
                pause();
            }
        }
    }

    private boolean isDown(ContainerState state) {
        return switch (state.status()) {
            case "exited", "dead", "removing" -> true;
            case "created" -> stopping;
            default -> false;
        };
    }

    private Void stop() {
        stopping = true;
        engine.stopApp(container);
        return null;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** Says the container's id, as docker does, and lets the streams of whoever called go. */
    @Override
    public void connected() {
        System.out.println(container);
        System.out.close();
        System.err.close();
    }

    @Override
    public CompletableFuture<Integer> exitCode() {
        return exitCode;
    }

    @Override
    public boolean isAlive() {
        return !exitCode.isDone();
    }

    @Override
    public void kill() {
        stopping = true;
        engine.signalApp(container, "KILL");
    }
}
