package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.KubernetesConfig;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.placement.AgentJobs;
import dev.mirrord.session.kubernetes.placement.AgentPlacement;
import dev.mirrord.session.kubernetes.placement.JobPlacement;
import dev.mirrord.session.kubernetes.placement.PlacedAgent;
import dev.mirrord.session.kubernetes.placement.SessionLabels;
import dev.mirrord.session.kubernetes.placement.TargetlessPlacement;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import dev.mirrord.session.kubernetes.target.Target;
import dev.mirrord.session.kubernetes.target.TargetResolver;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.File;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a session makes in the cluster: the agent's Job, and port-forwards to it. */
final class ClusterSide implements AutoCloseable {
    private static final int PLACING_SECONDS = 10;

    private final SessionId id;
    private final SessionRequest request;
    private final SessionLog log;
    private final SessionOutput output;
    private final CompletableFuture<PodRef> assigned = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> answered = new CompletableFuture<>();
    private final CountDownLatch placed = new CountDownLatch(1);
    private boolean over;
    private @Nullable Thread placing;
    private @Nullable Cluster cluster;
    private @Nullable Relays relays;
    private volatile @Nullable Replicas replicas;

    ClusterSide(SessionId id, SessionRequest request, SessionLog log, SessionOutput output) {
        this.id = id;
        this.request = request;
        this.log = log;
        this.output = output;
    }

    /** Whom the app stands in for; empty for nobody (targetless). */
    record Resolved(Cluster cluster, Target named, Optional<ResolvedTarget> target) {
        Optional<String> hostname() {
            return target.map(ResolvedTarget::hostname);
        }
    }

    /** An agent that listens, and for whom. */
    record Agent(Resolved resolved, PlacedAgent placed) {}

    /** Connects and finds the target. */
    Resolved resolve() {
        return output.follow(
                SessionOutput.Step.TARGET,
                this::find,
                found -> found.target().map(pod -> "pod " + pod.pod()).orElse("no pod"));
    }

    private Resolved find() {
        Cluster opened = open();
        TargetResolver resolver = new TargetResolver(opened, output::notice);
        Target target = request.config().target().map(Target::of).orElseThrow(resolver::noTarget);
        Optional<ResolvedTarget> found =
                switch (target) {
                    case Target.Targetless _ -> {
                        resolver.requireNamespace();
                        yield Optional.empty();
                    }
                    case Target.Pod pod -> Optional.of(resolver.resolve(pod));
                    case Target.Workload workload -> Optional.of(resolver.resolve(workload));
                };
        found.ifPresent(
                pod -> {
                    pod.warnings().forEach(output::notice);
                    log.line("target found", "pod", pod.pod(), "container", pod.container());
                });
        return new Resolved(opened, target, found);
    }

    /** Only this needs the lock: the target may take a while to be ready, and the end not wait. */
    private synchronized Cluster open() {
        Cluster opened = Cluster.open(options(request.config()));
        cluster = opened;
        return opened;
    }

    /** Places the agent and waits until it listens. */
    Agent startAgent(Resolved resolved, SessionIdentity identity) {
        AgentPlacement placement = placement(resolved, identity.fingerprint().hex());
        output.detail("starting the agent " + placement.name() + " in " + placement.namespace());
        long begun = System.nanoTime();
        output.begins(SessionOutput.Step.AGENT);
        AtomicBoolean told = new AtomicBoolean();
        Consumer<String> failed = why -> tellAgent(told, begun, why);
        answered.thenRun(() -> failed.accept(""));
        beginPlacing();
        try {
            PlacedAgent ready = placement.place(resolved.cluster(), assigned::complete);
            log.line("agent ready", "pod", ready.pod(), "port", ready.port());
            failed.accept("");
            return new Agent(resolved, ready);
        } catch (RuntimeException failure) {
            failed.accept(String.valueOf(failure.getMessage()));
            throw failure;
        } finally {
            placed.countDown();
        }
    }

    /** It is there with its first byte, of which its log tells later. */
    private void tellAgent(AtomicBoolean told, long begun, String failure) {
        if (told.compareAndSet(false, true)) {
            output.ended(
                    SessionOutput.Step.AGENT,
                    failure.isEmpty(),
                    failure.isEmpty() ? "it answers" : failure,
                    Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private void beginPlacing() {
        synchronized (placed) {
            if (over) {
                throw new SessionFailure("the session is over");
            }
            placing = Thread.currentThread();
        }
    }

    /** A Job that is just being created could come into being after its deletion. */
    private void endPlacing() {
        Thread running;
        synchronized (placed) {
            over = true;
            running = placing;
        }
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            if (!placed.await(PLACING_SECONDS, TimeUnit.SECONDS)) {
                log.line("the agent is still being placed", "session", id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    AgentPlacement placement(Resolved resolved, String fingerprint) {
        SessionLabels labels = new SessionLabels(id.value(), Product.owner());
        var settings = AgentOptions.of(request.config().agent());
        return resolved.target()
                .<AgentPlacement>map(
                        target ->
                                new JobPlacement(
                                        labels,
                                        target,
                                        settings,
                                        fingerprint,
                                        traffic(),
                                        TargetFiles.ofAgent(request.config())))
                .orElseGet(
                        () ->
                                new TargetlessPlacement(
                                        labels,
                                        resolved.cluster().namespace(),
                                        settings,
                                        fingerprint));
    }

    /** Lets sidecars' tunnels through to the agent, which may still be on its way. */
    synchronized Relays relay(
            Resolved resolved, CompletableFuture<Agent> agent, SessionDirectory directory) {
        Relays opened =
                new Relays(id, resolved.cluster(), directory, forwards(resolved, agent), log);
        relays = opened;
        return opened;
    }

    private AgentForwards forwards(Resolved resolved, CompletableFuture<Agent> agent) {
        AgentForwards forwards =
                new AgentForwards(
                        new PortForward(resolved.cluster()),
                        resolved.cluster().loops(),
                        assigned,
                        agent);
        forwards.answered().thenRun(() -> answered.complete(null));
        return forwards;
    }

    /** Completes with the agent's first byte, often before its log tells of it. */
    CompletableFuture<@Nullable Void> answered() {
        return answered;
    }

    /**
     * From now on the target's other pods have agents too, and when one goes another takes over.
     * Called once the app runs: nobody waits for it.
     */
    synchronized void followPods(Resolved resolved, SessionIdentity identity, Audience audience) {
        Relays open = relays;
        if (over || open == null || !Replicas.mayChange(resolved.named())) {
            return;
        }
        Replicas followed =
                new Replicas(
                        resolved,
                        (number, pod) -> placement(number, pod, identity.fingerprint().hex()),
                        open,
                        audience,
                        traffic(),
                        log,
                        output);
        replicas = followed;
        followed.start();
    }

    /**
     * The sidecar has given an agent up.
     *
     * @return whether somebody sees to it
     */
    boolean agentLost(String number) {
        Replicas followed = replicas;
        if (followed == null) {
            return false;
        }
        followed.lost(number);
        return true;
    }

    private JobPlacement placement(int number, ResolvedTarget pod, String fingerprint) {
        return new JobPlacement(
                new SessionLabels(id.value(), Product.owner(), number),
                pod,
                AgentOptions.of(request.config().agent()),
                fingerprint,
                traffic(),
                TargetFiles.ofAgent(request.config()));
    }

    /** What the sidecar has to know to use the first agent. */
    static ObjectNode agentMessage(Resolved resolved) {
        return agentMessage(1, resolved.target());
    }

    /** What the sidecar has to know to use an agent. */
    static ObjectNode agentMessage(int number, Optional<ResolvedTarget> pod) {
        ObjectNode message =
                SidecarControl.message("agent")
                        .put("agent", Integer.toString(number))
                        .put("pod", pod.map(each -> each.pod().name()).orElse(""));
        ArrayNode declared = message.putArray("declaredPorts");
        pod.ifPresent(target -> target.declaredPorts().forEach(declared::add));
        ArrayNode volumes = message.putArray("volumes");
        pod.ifPresent(
                target ->
                        target.volumes()
                                .forEach(
                                        each ->
                                                volumes.addObject()
                                                        .put("path", each.path())
                                                        .put("fixed", each.fixed())));
        ObjectNode probes = message.putObject("probes");
        pod.ifPresent(
                target ->
                        target.probes()
                                .forEach((port, text) -> probes.put(Integer.toString(port), text)));
        return message;
    }

    /** What the agent's log has told, for the sidecar to compare. */
    static ObjectNode certificateMessage(Agent agent) {
        return SidecarControl.message("certificate")
                .put("agent", "1")
                .put("certificateSha256", agent.placed().certificateSha256());
    }

    /** The first line of a session: what is remote. */
    String summary(Resolved resolved) {
        return Summary.of(request.config(), resolved.target());
    }

    /** Removes the agent, whether it is there already or only on its way. */
    synchronized void deleteAgent(CompletableFuture<Agent> agent) {
        agent.cancel(true);
        Replicas followed = replicas;
        CompletableFuture<Void> others =
                followed == null
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.runAsync(followed::close, Background.EXECUTOR);
        endPlacing();
        if (cluster == null) {
            return;
        }
        String namespace = request.config().agent().namespace().orElse(cluster.namespace());
        try {
            new AgentJobs(cluster, namespace).delete(SessionLabels.agentName(id.value(), 1));
            log.line("agent deleted", "session", id);
            others.join();
        } catch (RuntimeException e) {
            log.failure("the agent's Job could not be deleted; it ends by itself", e);
        }
    }

    @Override
    public synchronized void close() {
        if (relays != null) {
            relays.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The cluster that a configuration chooses. */
    static ClusterOptions options(MirrordConfig config) {
        KubernetesConfig kubernetes = config.kubernetes();
        String kubeconfig =
                kubernetes.kubeconfig().isEmpty()
                        ? null
                        : kubernetes.kubeconfig().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(File.pathSeparator));
        return new ClusterOptions(
                kubeconfig,
                kubernetes.context().orElse(null),
                config.namespace().orElse(null),
                kubernetes.acceptInvalidCertificates().orElse(null),
                kubernetes.useProxy(),
                System.getenv());
    }

    private JobPlacement.Traffic traffic() {
        IncomingMode mode = request.config().feature().network().incoming().mode();
        return switch (mode) {
            case OFF -> JobPlacement.Traffic.OFF;
            case MIRROR -> JobPlacement.Traffic.MIRROR;
            case STEAL -> JobPlacement.Traffic.STEAL;
        };
    }
}
