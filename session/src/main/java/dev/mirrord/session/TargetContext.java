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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The context of a target for one container that somebody else creates, starts and removes: the
 * agent, the sidecar with its namespace, and the layer.
 *
 * <pre>
 *   open ──► agent and sidecar connected ──► {@link #container} created and started by the caller
 *        ──► app ends, or {@link #close} ends it ──► close: nothing is left but the container
 * </pre>
 *
 * When this process dies without {@link #close}, the sidecar ends the app and itself, and a
 * watchdog removes agent and container.
 */
public final class TargetContext implements AutoCloseable {
    private static final int ENDING_SECONDS = 12;
    private static final int REMOVING_SECONDS = 20;

    private final SessionId id = SessionId.random();
    private final SessionRequest request;
    private final SessionOutput output;
    private final SessionLog log;
    private final SidecarEvents events;
    private final ContainerCommand command;
    private final SessionDirectory directory;
    private final Watchdog watchdog;
    private final ClusterSide cluster;
    private final EngineSide engine;
    private final CompletableFuture<ClusterSide.Agent> agent;
    private final CompletableFuture<ClusterSide.Resolved> target;
    private final CompletableFuture<SessionIdentity> identity;
    private final CompletableFuture<@Nullable Void> sidecarWanted = new CompletableFuture<>();
    private @Nullable LastingControl connection;
    private @Nullable ContextContainer container;
    private volatile String lastWords = "";
    private boolean closed;

    private TargetContext(SessionRequest request, SessionOutput output) throws IOException {
        this.request = request;
        this.output = output;
        this.log = SessionLog.open(id, output);
        this.events = new SidecarEvents(log, output);
        events.summary.thenAccept(line -> line.ifPresent(output::detail));
        this.command = CommandParser.parse(request.command());
        this.directory = SessionDirectory.create(id);
        this.watchdog =
                Watchdog.start(
                        id,
                        directory.path(),
                        log.file(),
                        request.config(),
                        DockerCli.of(command).line(),
                        Watchdog.Removes.WHAT_ENDED_TOO);
        SessionState.write(id, request, command.image(), log.file(), directory);
        this.cluster = new ClusterSide(id, request, log, output);
        this.identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord session"));
        this.target = Background.start("target", cluster::resolve);
        this.agent =
                sidecarWanted
                        .thenCombine(target, (_, resolved) -> resolved)
                        .thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
        this.engine = new EngineSide(id, request, command, log);
    }

    /**
     * Makes the context and waits until it can be used.
     *
     * @param request its command is the {@code docker run} that would have been the same container;
     *     it is read, and never run
     * @throws SessionFailure when it cannot be made; nothing is left then
     */
    public static TargetContext open(SessionRequest request, SessionOutput output) {
        TargetContext context = create(request, output);
        context.sidecarWanted.complete(null);
        context.orClose(context::start);
        return context;
    }

    /**
     * Finds the target, and makes nothing yet: the sidecar is somebody else's too. {@link #attach}
     * goes on.
     *
     * @throws SessionFailure when there is no such target
     */
    public static TargetContext prepare(SessionRequest request, SessionOutput output) {
        TargetContext context = create(request, output);
        context.orClose(() -> ContainerSession.await(context.target));
        return context;
    }

    /**
     * Serves a sidecar that runs, and waits until it can be used.
     *
     * @throws SessionFailure when that cannot be; the context is closed then
     */
    public void attach(String runningSidecar) {
        engine.attach(runningSidecar);
        sidecarWanted.complete(null);
        orClose(
                () -> {
                    ImageConfig image = engine.findImages();
                    ClusterSide.Resolved resolved = ContainerSession.await(target);
                    connect(
                            image,
                            resolved,
                            engine.rewrite(image, resolved.hostname(), Optional.empty()));
                });
    }

    private static TargetContext create(SessionRequest request, SessionOutput output) {
        try {
            return new TargetContext(request, output);
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        }
    }

    private void orClose(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            log.failure("session failed", failure);
            SessionFailure said = SessionFailures.of(failure, log.file());
            lastWords = String.valueOf(said.getMessage());
            close();
            throw said;
        }
    }

    /** How the container has to be created. */
    public ContextContainer container() {
        ContextContainer made = container;
        if (made == null) {
            throw new IllegalStateException("the context was not opened");
        }
        return made;
    }

    /** The container that has the published ports and the networks. */
    public String sidecar() {
        return "mirrord-" + id + "-sidecar";
    }

    public SessionId id() {
        return id;
    }

    /** Completes when the container's program has ended. */
    public CompletableFuture<?> appEnded() {
        return events.appEnded;
    }

    /** Completes when the session was lost, with the reason; the app is being ended then. */
    public CompletableFuture<String> lost() {
        return events.failed;
    }

    private void start() {
        log.line("context starts", "session", id, "version", Product.VERSION);
        Optional<String> relay =
                engine.sharesFiles() ? Optional.of(directory.path().toString()) : Optional.empty();
        ImageConfig image = engine.findImages();
        ClusterSide.Resolved resolved = ContainerSession.await(target);
        Rewrite rewrite = engine.rewrite(image, resolved.hostname(), relay);
        rewrite.notices().forEach(output::notice);
        container = ContextContainer.of(rewrite);
        engine.createLayer(rewrite);
        engine.startSidecar(rewrite.sidecar());
        connect(image, resolved, rewrite);
    }

    private void connect(ImageConfig image, ClusterSide.Resolved resolved, Rewrite rewrite) {
        cluster.relay(resolved, agent, directory, engine, events.ready);
        LastingControl opened =
                new LastingControl(
                                new SidecarDial(engine, log),
                                events,
                                () ->
                                        output.notice(
                                                "the sidecar's process had died and was started"
                                                        + " again: its connections were reset, new"
                                                        + " ones work"))
                        .open();
        connection = opened;
        try {
            opened.send(
                    Bootstrap.message(
                            id,
                            request,
                            TlsSecrets.read(request.config().sidecar(), resolved),
                            command,
                            rewrite,
                            image,
                            ContainerSession.await(identity),
                            engine.sharesFiles()));
            opened.send(ClusterSide.agentMessage(resolved));
        } catch (IOException e) {
            throw new SessionFailure(
                    "the sidecar cannot be reached: " + e.getMessage() + "\n" + engine.sidecarLog(),
                    e);
        }
        awaitConnected();
        events.agentLost = cluster::agentLost;
        agent.thenAccept(ready -> verify(opened, ready))
                .thenRunAsync(
                        () ->
                                cluster.followPods(
                                        resolved, ContainerSession.await(identity), opened),
                        Background.EXECUTOR)
                .exceptionally(
                        failure -> {
                            // Who answered cannot be checked: it may be somebody else.
                            SessionFailure said = SessionFailures.of(failure, log.file());
                            events.failed.complete(String.valueOf(said.getMessage()));
                            return null;
                        });
        output.notice(cluster.summary(resolved));
    }

    private void awaitConnected() {
        CompletableFuture<Object> agentFailed = new CompletableFuture<>();
        agent.exceptionally(
                failure -> {
                    agentFailed.completeExceptionally(failure);
                    return null;
                });
        ContainerSession.await(
                CompletableFuture.anyOf(events.connected, events.failed, agentFailed));
        if (!events.connected.isDone()) {
            throw new SessionFailure(events.failed.getNow("the sidecar has gone"));
        }
    }

    private void verify(LastingControl control, ClusterSide.Agent ready) {
        try {
            control.send(ClusterSide.certificateMessage(ready));
        } catch (IOException e) {
            log.line("the sidecar has gone already", "session", id);
        }
    }

    /** Ends the app if it still runs, and removes all but its container. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        endApp();
        CompletableFuture<Void> containers =
                CompletableFuture.runAsync(engine::removeAll, Background.EXECUTOR);
        cluster.deleteAgent(agent);
        settle(containers);
        engine.close();
        cluster.close();
        watchdog.close();
        try {
            directory.close();
        } catch (IOException e) {
            log.failure("the session's directory cannot be removed", e);
        }
        log.line("context ends", "session", id);
        log.close();
    }

    private void endApp() {
        LastingControl open = connection;
        if (open == null) {
            return;
        }
        try (open) {
            open.send(SidecarControl.message("end").put("text", lastWords));
            events.closed.get(ENDING_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            log.line("the sidecar has gone already", "session", id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.failure("the app does not end", e);
        }
    }

    private void settle(CompletableFuture<Void> removal) {
        try {
            removal.get(REMOVING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.failure("clean-up failed", e);
        }
    }
}
