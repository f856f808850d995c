package dev.mirrord.session;

import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.engine.DockerCli;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.sidecar.LastingControl;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of the user's container in the context of a target.
 *
 * <pre>
 *   resolve target ──► agent's Job ──► agent ready ─────────────┐
 *   find image ──► layer ──► sidecar ──► bootstrap ──► app waits ┴─► context ─► app runs ─► exit code
 * </pre>
 *
 * The two lines run side by side; the first failure of either ends both. Whatever was made is
 * removed before {@link #run} returns.
 */
public final class ContainerSession {
    private static final int SUMMARY_SECONDS = 1;

    private final SessionRequest request;
    private final SessionOutput output;
    private final SessionId id = SessionId.random();
    private final SessionLog log;
    private final SidecarEvents events;
    private final CompletableFuture<Void> interrupted = new CompletableFuture<>();
    private final Object creation = new Object();
    private boolean over;

    public ContainerSession(SessionRequest request, SessionOutput output) {
        this.request = request;
        this.output = output;
        this.log = SessionLog.open(id, output);
        this.events = new SidecarEvents(log, output);
    }

    /**
     * Runs to the end of the app.
     *
     * @return the app's exit code, as docker tells it
     * @throws SessionFailure when the app could not be run, or its session was lost
     */
    public int run() {
        long started = System.nanoTime();
        try (log) {
            log.line("session starts", "session", id, "version", Product.VERSION);
            try {
                ContainerCommand command = CommandParser.parse(request.command());
                return run(command);
            } catch (RuntimeException failure) {
                log.failure("session failed", failure);
                throw SessionFailures.of(failure, log.file());
            } finally {
                log.line(
                        "session ends",
                        "session",
                        id,
                        "milliseconds",
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
            }
        }
    }

    private int run(ContainerCommand command) {
        for (String signal : List.of("INT", "TERM", "HUP")) {
            Signals.handle(
                    signal,
                    () ->
                            interrupted.completeExceptionally(
                                    new SessionFailure(
                                            "interrupted by SIG%s before the app ran"
                                                    .formatted(signal))));
        }
        CompletableFuture<SessionIdentity> identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord session"));
        try (SessionDirectory directory = SessionDirectory.create(id);
                Watchdog _ =
                        Watchdog.start(
                                id,
                                directory.path(),
                                log.file(),
                                request.config(),
                                DockerCli.of(command).line());
                ClusterSide cluster = new ClusterSide(id, request, log, output)) {
            CompletableFuture<ClusterSide.Resolved> target =
                    Background.start("target", cluster::resolve);
            SessionState.write(
                    id,
                    request,
                    command.containerName().orElse(command.image()),
                    log.file(),
                    directory);
            CompletableFuture<ClusterSide.Agent> agent =
                    target.thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
            CompletableFuture<EngineSide> engine =
                    Background.start("engine", () -> new EngineSide(id, request, command, log));
            try {
                return run(command, directory, cluster, identity, target, agent, engine);
            } finally {
                CompletableFuture<Void> containers =
                        engine.thenAcceptAsync(this::removeContainers, Background.EXECUTOR);
                cluster.deleteAgent(agent);
                settle(containers);
            }
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        }
    }

    private int run(
            ContainerCommand command,
            SessionDirectory directory,
            ClusterSide cluster,
            CompletableFuture<SessionIdentity> identity,
            CompletableFuture<ClusterSide.Resolved> target,
            CompletableFuture<ClusterSide.Agent> agent,
            CompletableFuture<EngineSide> engineFuture) {
        CompletableFuture<ImageConfig> image =
                engineFuture.thenApplyAsync(EngineSide::findImages, Background.EXECUTOR);
        CompletableFuture<Optional<String>> relay =
                engineFuture.thenApply(
                        engine ->
                                engine.sharesFiles()
                                        ? Optional.of(directory.path().toString())
                                        : Optional.empty());
        CompletableFuture<Optional<String>> container =
                image.thenCombineAsync(
                        engineFuture,
                        (config, engine) -> createApp(command, engine, config, await(relay)),
                        Background.EXECUTOR);
        ClusterSide.Resolved resolved = firstOf(target, container);
        EngineSide engine = firstOf(engineFuture, target);
        Rewrite rewrite = engine.rewrite(firstOf(image, agent), resolved.hostname(), await(relay));
        rewrite.notices().forEach(output::notice);
        AppCommand app = engine.plan(rewrite).created(firstOf(container, agent));
        firstFailure(agent);
        firstFailure(interrupted);
        cluster.relay(resolved, agent, directory).serve(engine, events.ready);
        app.sidecar().portsNotice(command.program()).ifPresent(output::notice);
        engine.startSidecar(app.sidecar(), output);
        // The launcher waits for the sidecar's socket and for its context: the container need not.
        events.launcher.thenRunAsync(engine::removeLayer, Background.EXECUTOR);
        RunningApp process = RunningApp.start(engine.joined(app), engine, command);
        try (LastingControl control = sidecar(engine).open()) {
            control.send(
                    Bootstrap.message(
                            id,
                            request,
                            TlsSecrets.read(request.config().sidecar(), resolved),
                            command,
                            rewrite,
                            await(image),
                            await(identity),
                            engine.nameservers(),
                            engine.sharesFiles()));
            events.agentLost = cluster::agentLost;
            return follow(process, engine, cluster, resolved, control, await(identity), agent);
        } catch (IOException e) {
            throw new SessionFailure(
                    "the sidecar cannot be reached: " + e.getMessage() + "\n" + engine.sidecarLog(),
                    e);
        } finally {
            if (process.isAlive()) {
                process.kill();
            }
        }
    }

    /**
     * Makes the layer volume and, where the app's run can be split, the app's container: neither
     * needs the target. What is made is made before the clean-up, or not at all.
     */
    private Optional<String> createApp(
            ContainerCommand command,
            EngineSide engine,
            ImageConfig image,
            Optional<String> relayDirectory) {
        Rewrite rewrite = engine.rewrite(image, Optional.empty(), relayDirectory);
        AppCommand app = engine.plan(rewrite);
        synchronized (creation) {
            if (over) {
                throw new SessionFailure("the session is over");
            }
            engine.createLayer(rewrite);
            return new ExecHealthCheck(command, engine, log)
                    .give(app.create().container(), rewrite, output);
        }
    }

    /** Brings agent and app together, then waits for the app's end. */
    private int follow(
            RunningApp app,
            EngineSide engine,
            ClusterSide cluster,
            ClusterSide.Resolved resolved,
            LastingControl control,
            SessionIdentity identity,
            CompletableFuture<ClusterSide.Agent> agent)
            throws IOException {
        CompletableFuture<Integer> exitCode = app.exitCode();
        try {
            control.send(ClusterSide.agentMessage(resolved));
            CompletableFuture.anyOf(
                            cluster.answered(),
                            agent,
                            exitCode,
                            events.failed,
                            failureOf(interrupted))
                    .exceptionally(_ -> "")
                    .get();
            firstFailure(interrupted);
            if (exitCode.isDone() && !cluster.answered().isDone() && !agent.isDone()) {
                return exitCode.join() == 1 && engine.isAppUnstarted() ? 125 : exitCode.join();
            }
            firstFailure(agent);
            if (events.failed.isDone()) {
                throw new SessionFailure(events.failed.join());
            }
            output.notice(cluster.summary(resolved));
            app.connected();
            CompletableFuture<?> checked = agent.thenAccept(ready -> verify(control, ready));
            checked.thenRunAsync(
                    () -> cluster.followPods(resolved, identity, control::send),
                    Background.EXECUTOR);
            CompletableFuture.anyOf(exitCode, events.failed, failureOf(checked))
                    .exceptionally(_ -> "")
                    .get();
            if (!exitCode.isDone()) {
                String text = events.failed.getNow("");
                log.line("session lost", "session", id);
                if (checked.isCompletedExceptionally()) {
                    end(control);
                }
                exitCode.get(15, TimeUnit.SECONDS);
                firstFailure(checked);
                throw new SessionFailure(text);
            }
            int code = exitCode.join();
            end(control);
            return code;
        } catch (RuntimeException failure) {
            abort(control, app, engine);
            throw failure;
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            abort(control, app, engine);
            throw new SessionFailure("the session was lost: " + failure, failure);
        }
    }

    private void verify(LastingControl control, ClusterSide.Agent agent) {
        try {
            control.send(ClusterSide.certificateMessage(agent));
        } catch (IOException e) {
            log.line("the sidecar has gone already", "session", id);
        }
    }

    private void end(LastingControl control) {
        try {
            control.send(SidecarControl.message("end").put("text", ""));
            events.summary
                    .completeOnTimeout(Optional.empty(), SUMMARY_SECONDS, TimeUnit.SECONDS)
                    .join()
                    .ifPresent(output::notice);
        } catch (IOException e) {
            log.line("the sidecar has gone already", "session", id);
        }
    }

    /** The app's program never ran: its launcher ends, and the container goes. */
    private void abort(LastingControl control, RunningApp app, EngineSide engine) {
        try {
            control.send(SidecarControl.message("abort").put("exitCode", 125).put("text", ""));
            app.exitCode().get(5, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            app.kill();
        }
        if (!events.connected.isDone()) {
            engine.removeApp();
        }
    }

    private LastingControl sidecar(EngineSide engine) {
        return new LastingControl(
                new SidecarDial(engine, log),
                events,
                () ->
                        output.notice(
                                "the sidecar's process had died and was started again: its"
                                        + " connections were reset, new ones work"));
    }

    private void removeContainers(EngineSide engine) {
        synchronized (creation) {
            over = true;
        }
        engine.removeAll();
        engine.close();
    }

    /** The result of {@code wanted}, unless {@code other} fails or a signal comes earlier. */
    private <T> T firstOf(CompletableFuture<T> wanted, CompletableFuture<?> other) {
        await(CompletableFuture.anyOf(wanted, failureOf(other), failureOf(interrupted)));
        return await(wanted);
    }

    private static CompletableFuture<Object> failureOf(CompletableFuture<?> future) {
        CompletableFuture<Object> failure = new CompletableFuture<>();
        future.whenComplete(
                (_, error) -> {
                    if (error != null) {
                        failure.completeExceptionally(error);
                    }
                });
        return failure;
    }

    private static void firstFailure(CompletableFuture<?> future) {
        if (future.isCompletedExceptionally()) {
            await(future);
        }
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void settle(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            log.failure("clean-up failed", e);
        }
    }
}
