package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.AgentConfig;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.KubernetesConfig;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Target;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.kubernetes.placement.JobPlacement;
import dev.mirrord.session.sidecar.LastingControl;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An agent for several contexts, one after the other or at a time, each with its own sidecar:
 *
 * <pre>
 *   sidecar ─┐ sockets in this            agent
 *   sidecar ─┼► object's directory ──────► one client for each sidecar
 *   keeper  ─┘ (port-forwards)
 * </pre>
 *
 * It is there from {@link #start} to {@link #close}, whether somebody uses it or not. For sidecars
 * that do not reach this host's sockets there is {@code docker exec}.
 */
public final class SharedAgent implements AutoCloseable {
    private final SessionId id = SessionId.random();
    private final MirrordConfig config;
    private final SessionLog log;
    private final SessionDirectory directory;
    private final Watchdog watchdog;
    private final ClusterSide cluster;
    private final Sidecars sidecars = new Sidecars(this::keep);
    private final CompletableFuture<ClusterSide.Resolved> target;
    private final CompletableFuture<SessionIdentity> identity;
    private final CompletableFuture<ClusterSide.Agent> agent;
    private final CompletableFuture<Relays> relaying;
    private final AtomicBoolean following = new AtomicBoolean();
    private final CompletableFuture<AgentKeeper> keeper;
    private Relays.@Nullable Relay keepersWay;
    private volatile boolean introduced;
    private boolean closed;

    /** What an agent was made for. */
    private record Needs(
            Optional<Target> target,
            Optional<String> namespace,
            KubernetesConfig kubernetes,
            AgentConfig agent,
            IncomingMode incoming,
            JobPlacement.Files files) {
        static Needs of(MirrordConfig config) {
            return new Needs(
                    config.target(),
                    config.namespace(),
                    config.kubernetes(),
                    config.agent(),
                    config.feature().network().incoming().mode(),
                    TargetFiles.ofAgent(config));
        }
    }

    private SharedAgent(MirrordConfig config, SessionOutput output) throws IOException {
        this.config = config;
        this.log = SessionLog.open(id, output);
        this.directory = SessionDirectory.create(id);
        this.watchdog =
                Watchdog.start(
                        id,
                        directory.path(),
                        log.file(),
                        AbandonedAgent.command(id, config),
                        List.of("true"),
                        Watchdog.Removes.WHAT_NEVER_RAN);
        SessionRequest request = new SessionRequest(config, List.of());
        SessionState.write(id, request, "agent of several", log.file(), directory);
        this.cluster = new ClusterSide(id, request, log, output);
        this.identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord session"));
        this.target = Background.start("target", cluster::resolve);
        this.agent = target.thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
        this.keeper =
                target.thenCombine(
                        identity,
                        (resolved, key) ->
                                new AgentKeeper(resolved.cluster().loops(), key, this::gone));
        this.relaying =
                target.thenApplyAsync(
                        resolved -> {
                            sidecars.tell(ClusterSide.agentMessage(resolved));
                            introduced = true;
                            return cluster.relay(resolved, agent, directory);
                        },
                        Background.EXECUTOR);
        agent.thenAcceptBothAsync(relaying, this::listens, Background.EXECUTOR)
                .exceptionally(
                        failure -> {
                            log.failure("no agent", failure);
                            return null;
                        });
    }

    /** Begins to start it, and returns. What goes wrong is told to those who use it. */
    public static SharedAgent start(MirrordConfig config, SessionOutput output) {
        try {
            return new SharedAgent(config, output);
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        }
    }

    /** Whether a context of this configuration may use it now. */
    public synchronized boolean isFor(MirrordConfig wanted) {
        return !closed
                && !agent.isCompletedExceptionally()
                && (!introduced || sidecars.hasAgents())
                && Needs.of(config).equals(Needs.of(wanted));
    }

    public SessionId id() {
        return id;
    }

    ContextAgent member(SessionRequest request) {
        return new Member(request);
    }

    private void listens(ClusterSide.Agent ready, Relays relays) {
        Relays.Relay way = relays.secondWay(ready.placed());
        synchronized (this) {
            keepersWay = way;
        }
        sidecars.tell(ClusterSide.certificateMessage(ready));
    }

    private void keep(String number, ObjectNode said) {
        Path socket = directory.path().resolve("relay-" + number + ".sock");
        Fingerprint certificate = new Fingerprint(said.path("certificateSha256").asText());
        keeper.thenAccept(kept -> kept.keep(number, socket, certificate));
    }

    /** By way of the pods' watch, which brings another where there can be one. */
    private void gone(String number, String why) {
        log.line("the agent has gone", "agent", number, "why", why);
        if (!cluster.agentLost(number)) {
            sidecars.tell(
                    SidecarControl.message("agentGone").put("agent", number).put("text", why));
        }
    }

    private void follow(ClusterSide.Resolved resolved) {
        if (following.compareAndSet(false, true)) {
            cluster.followPods(resolved, ContainerSession.await(identity), sidecars);
        }
    }

    /** Removes the agent. Contexts that still use it lose it. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (keeper.isDone() && !keeper.isCompletedExceptionally()) {
            keeper.join().close();
        }
        synchronized (this) {
            if (keepersWay != null) {
                keepersWay.close();
            }
        }
        cluster.deleteAgent(agent);
        cluster.close();
        watchdog.close();
        try {
            directory.close();
        } catch (IOException e) {
            log.failure("the session's directory cannot be removed", e);
        }
        log.line("shared agent ends", "session", id);
        log.close();
    }

    /** One context's part in it. */
    final class Member implements ContextAgent {
        private final SessionRequest request;
        private @Nullable LastingControl joined;
        private @Nullable EngineSide served;

        private Member(SessionRequest request) {
            this.request = request;
        }

        @Override
        public CompletableFuture<ClusterSide.Resolved> target() {
            return target;
        }

        @Override
        public CompletableFuture<SessionIdentity> identity() {
            return identity;
        }

        @Override
        public CompletableFuture<ClusterSide.Agent> agent() {
            return agent;
        }

        @Override
        public boolean isReady() {
            return agent.isDone()
                    && !agent.isCompletedExceptionally()
                    && relaying.isDone()
                    && relaying.join().isWayKnown();
        }

        @Override
        public void want() {}

        @Override
        public Path relayDirectory() {
            return directory.path();
        }

        /** It has a watchdog of its own. */
        @Override
        public List<String> removal() {
            return List.of("true");
        }

        @Override
        public void relay(ClusterSide.Resolved resolved, EngineSide engine, SidecarEvents events) {
            Relays relays = ContainerSession.await(relaying);
            synchronized (this) {
                served = engine;
            }
            relays.serve(engine, events.ready);
        }

        @Override
        public void introduce(ClusterSide.Resolved resolved, LastingControl sidecar)
                throws IOException {
            synchronized (this) {
                joined = sidecar;
            }
            sidecars.join(sidecar);
        }

        @Override
        public CompletableFuture<?> follow(
                ClusterSide.Resolved resolved, LastingControl sidecar, SidecarEvents events) {
            events.agentLost = cluster::agentLost;
            return agent.thenRunAsync(() -> SharedAgent.this.follow(resolved), Background.EXECUTOR);
        }

        @Override
        public String summary(ClusterSide.Resolved resolved) {
            return Summary.of(request.config(), resolved.target());
        }

        /** The agent stays. */
        @Override
        public synchronized void close() {
            if (joined != null) {
                sidecars.leave(joined);
            }
            if (served != null) {
                relaying.join().leave(served);
            }
        }
    }
}
