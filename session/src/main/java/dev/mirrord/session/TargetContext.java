package dev.mirrord.session;

import dev.mirrord.session.docker.DockerFailure;
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
    private volatile SessionRequest request;
    private final SessionOutput output;
    private final SessionLog log;
    private final SidecarEvents events;
    private volatile ContainerCommand command;
    private final SessionDirectory directory;
    private final Watchdog watchdog;
    private volatile EngineSide engine;
    private final ContextAgent agent;
    private volatile @Nullable LastingControl connection;
    private @Nullable ContextContainer container;
    private volatile String lastWords = "";
    private boolean closed;

    private TargetContext(
            SessionRequest request, SessionOutput output, @Nullable SharedAgent shared)
            throws IOException {
        this.request = request;
        this.output = output;
        this.log = SessionLog.open(id, output);
        this.events = new SidecarEvents(log, output);
        events.summary.thenAccept(line -> line.ifPresent(output::detail));
        this.command = CommandParser.parse(request.command());
        this.engine = new EngineSide(id, request, command, log);
        this.directory = SessionDirectory.create(id);
        this.agent =
                shared != null
                        ? shared.member(request)
                        : new OwnAgent(id, request, directory, log, output);
        this.watchdog =
                Watchdog.start(
                        id,
                        directory.path(),
                        log.file(),
                        agent.removal(),
                        DockerCli.of(command).line(),
                        Watchdog.Removes.WHAT_ENDED_TOO);
        SessionState.write(id, request, command.image(), log.file(), directory);
    }

    /**
     * Makes the context and waits until it can be used.
     *
     * @param request its command is the {@code docker run} that would have been the same container;
     *     it is read, and never run
     * @throws SessionFailure when it cannot be made; nothing is left then
     */
    public static TargetContext open(SessionRequest request, SessionOutput output) {
        return open(request, output, null);
    }

    /**
     * As {@link #open(SessionRequest, SessionOutput)}, with an agent that others have too.
     *
     * @param shared for this configuration
     */
    public static TargetContext openWith(
            SharedAgent shared, SessionRequest request, SessionOutput output) {
        return open(request, output, shared);
    }

    private static TargetContext open(
            SessionRequest request, SessionOutput output, @Nullable SharedAgent shared) {
        TargetContext context = create(request, output, shared);
        context.agent.want();
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
        TargetContext context = create(request, output, null);
        context.orClose(() -> ContainerSession.await(context.agent.target()));
        return context;
    }

    /** Begins to start the agent of a prepared context; it waits some seconds for a sidecar. */
    public void startAgent() {
        agent.want();
    }

    /**
     * Serves a sidecar that runs, and waits until it can be used.
     *
     * @param line the {@code docker run} that would have been the same container
     * @throws SessionFailure when that cannot be; the context is closed then
     */
    public void attach(String runningSidecar, List<String> line) {
        engine.close();
        request = new SessionRequest(request.config(), line);
        command = CommandParser.parse(line);
        engine = new EngineSide(id, request, command, log);
        engine.attach(runningSidecar);
        agent.want();
        orClose(
                () -> {
                    ImageConfig image = engine.findImages();
                    ClusterSide.Resolved resolved = ContainerSession.await(agent.target());
                    connect(
                            image,
                            resolved,
                            engine.rewrite(image, resolved.hostname(), Optional.empty()));
                });
    }

    private static TargetContext create(
            SessionRequest request, SessionOutput output, @Nullable SharedAgent shared) {
        try {
            return new TargetContext(request, output, shared);
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        } catch (DockerFailure e) {
            throw SessionFailures.of(e);
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

    /** Completes when the container has been started. */
    public CompletableFuture<?> appStarted() {
        return events.launcher;
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
                engine.sharesFiles()
                        ? Optional.of(agent.relayDirectory().toString())
                        : Optional.empty();
        ImageConfig image = engine.findImages();
        ClusterSide.Resolved resolved = ContainerSession.await(agent.target());
        Rewrite rewrite = engine.rewrite(image, resolved.hostname(), relay);
        rewrite.notices().forEach(output::notice);
        container = ContextContainer.of(rewrite);
        engine.createLayer(rewrite);
        engine.startSidecar(rewrite.sidecar(), output);
        if (agent.isReady()) {
            // The launcher waits for its context: the container can be made meanwhile.
            Background.EXECUTOR.execute(() -> connectLater(image, resolved, rewrite));
        } else {
            connect(image, resolved, rewrite);
        }
    }

    private void connectLater(ImageConfig image, ClusterSide.Resolved resolved, Rewrite rewrite) {
        try {
            connect(image, resolved, rewrite);
        } catch (RuntimeException failure) {
            log.failure("session failed", failure);
            SessionFailure said = SessionFailures.of(failure, log.file());
            lastWords = String.valueOf(said.getMessage());
            events.failed.complete(lastWords);
        }
    }

    private void connect(ImageConfig image, ClusterSide.Resolved resolved, Rewrite rewrite) {
        agent.relay(resolved, engine, events);
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
                            ContainerSession.await(agent.identity()),
                            engine.nameservers(),
                            engine.sharesFiles()));
            agent.introduce(resolved, opened);
        } catch (IOException e) {
            throw new SessionFailure(
                    "the sidecar cannot be reached: " + e.getMessage() + "\n" + engine.sidecarLog(),
                    e);
        }
        awaitConnected();
        agent.follow(resolved, opened, events)
                .exceptionally(
                        failure -> {
                            // Who answered cannot be checked: it may be somebody else.
                            SessionFailure said = SessionFailures.of(failure, log.file());
                            events.failed.complete(String.valueOf(said.getMessage()));
                            return null;
                        });
        output.notice(agent.summary(resolved));
    }

    private void awaitConnected() {
        CompletableFuture<Object> agentFailed = new CompletableFuture<>();
        agent.agent()
                .exceptionally(
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
        agent.close();
        settle(containers);
        engine.close();
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
