package dev.mirrord.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.LineStream;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import dev.mirrord.session.kubernetes.placement.AgentJobs;
import dev.mirrord.session.kubernetes.placement.JobPlacement;
import dev.mirrord.session.kubernetes.placement.PlacedAgent;
import dev.mirrord.session.kubernetes.target.PodSet;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import dev.mirrord.session.kubernetes.target.Target;
import dev.mirrord.session.kubernetes.target.TargetResolver;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an agent beside every ready pod of a target: while incoming traffic is taken all pods have
 * one, else one pod has. A target that is one pod has one, of its restarted container too.
 *
 * <pre>
 *   pod ready --Job--&gt; agent listens --"agent"--&gt; sidecar has its tunnels
 *   pod deleted, container restarted --"agentGone"--&gt; Job deleted
 *   sidecar gives it up --"agentLost"--&gt; Job deleted, and a new one if the pod is still ready
 * </pre>
 *
 * Its state belongs to its lock, under which nothing blocks.
 */
final class Replicas implements AutoCloseable {
    private static final int AT_ONCE = 4;
    private static final int ATTEMPTS = 3;
    private static final long AGAIN_MILLISECONDS = 1_500;
    private static final long CLOSING_SECONDS = 10;

    private final ClusterSide.Resolved resolved;
    private final Placements placements;
    private final Relays relays;
    private final Audience audience;
    private final JobPlacement.Traffic traffic;
    private final SessionLog log;
    private final SessionOutput output;
    private final Semaphore starting = new Semaphore(AT_ONCE);
    private final Map<String, JsonNode> pods = new HashMap<>();
    private final Map<String, Replica> byContainer = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Thread watching =
            Thread.ofPlatform().daemon().name("mirrord-pods").unstarted(this::watch);
    private int lastNumber = 1;
    private int told = 1;
    private int mostTold = 1;
    private boolean closed;

    /** How an agent for a pod is placed. */
    @FunctionalInterface
    interface Placements {
        JobPlacement of(int number, ResolvedTarget pod);
    }

    /** A pod with its agent; what is not final belongs to the lock. */
    private static final class Replica {
        final int number;
        final ResolvedTarget target;
        @Nullable Thread placing;
        @Nullable String job;
        Relays.@Nullable Relay relay;

        Replica(int number, ResolvedTarget target) {
            this.number = number;
            this.target = target;
        }

        String pod() {
            return target.pod().name();
        }
    }

    Replicas(
            ClusterSide.Resolved resolved,
            Placements placements,
            Relays relays,
            Audience audience,
            JobPlacement.Traffic traffic,
            SessionLog log,
            SessionOutput output) {
        this.resolved = resolved;
        this.placements = placements;
        this.relays = relays;
        this.audience = audience;
        this.traffic = traffic;
        this.log = log;
        this.output = output;
        ResolvedTarget first = resolved.target().orElseThrow();
        Replica primary = new Replica(1, first);
        primary.job = placements.of(1, first).name();
        byContainer.put(first.containerId(), primary);
    }

    /** Whether another container may follow the target's, of the same pod or of another. */
    static boolean mayChange(Target target) {
        return !(target instanceof Target.Targetless);
    }

    /** As {@link #mayChange(Target)}. */
    static boolean mayChange(dev.mirrord.config.Target target) {
        return mayChange(Target.of(target));
    }

    void start() {
        watching.start();
    }

    private void watch() {
        TargetResolver resolver = new TargetResolver(resolved.cluster(), log::line);
        try {
            while (!isClosed()) {
                try {
                    follow(resolver.pods(resolved.named()));
                } catch (ClusterFailure failure) {
                    log.failure("the target's pods cannot be watched", failure);
                }
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLISECONDS);
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(PodSet set) throws InterruptedException {
        ApiReply list = cluster().api().get(set.list());
        if (!list.succeeded()) {
            throw Refusals.of(list, "list", "pods", set.namespace());
        }
        synchronized (this) {
            pods.clear();
            failures.clear();
            list.json().path("items").forEach(pod -> put(set, pod));
            reconcile();
        }
        String version = list.json().at("/metadata/resourceVersion").asText();
        try (LineStream stream =
                cluster().api().follow(set.watch(version), line -> event(set, line))) {
            stream.end().get();
        } catch (ExecutionException lost) {
            log.failure("the watch of the target's pods was lost", lost);
        }
    }

    private void event(PodSet set, String line) {
        try {
            JsonNode event = Json.MAPPER.readTree(line);
            JsonNode pod = event.path("object");
            synchronized (this) {
                switch (event.path("type").asText()) {
                    case "ADDED", "MODIFIED" -> put(set, pod);
                    case "DELETED" -> pods.remove(uid(pod));
                    default -> {
                        return;
                    }
                }
                reconcile();
            }
        } catch (JsonProcessingException cut) {
            // the last line of a broken connection
        }
    }

    private void put(PodSet set, JsonNode pod) {
        if (set.own().test(pod)) {
            pods.put(uid(pod), pod);
        } else {
            pods.remove(uid(pod));
        }
    }

    private static String uid(JsonNode pod) {
        return pod.at("/metadata/uid").asText();
    }

    /** Starts and ends agents until they are those of the ready pods. */
    private synchronized void reconcile() {
        if (closed) {
            return;
        }
        for (Replica replica : List.copyOf(byContainer.values())) {
            whyGone(replica).ifPresent(why -> end(replica, why));
        }
        for (ResolvedTarget target : ready()) {
            String container = target.containerId();
            boolean enough = traffic == JobPlacement.Traffic.OFF && !byContainer.isEmpty();
            if (!enough
                    && !byContainer.containsKey(container)
                    && failures.getOrDefault(container, 0) < ATTEMPTS) {
                begin(target);
            }
        }
    }

    private Optional<String> whyGone(Replica replica) {
        JsonNode pod = pods.get(replica.target.podUid());
        if (pod == null) {
            return Optional.of("it was deleted");
        }
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            String container = status.path("containerID").asText("");
            if (status.path("name").asText().equals(replica.target.container())
                    && !container.isEmpty()
                    && !container.equals(replica.target.containerId())) {
                return Optional.of("its container has restarted");
            }
        }
        return Optional.empty();
    }

    /** The newest first, as the first was chosen. */
    private List<ResolvedTarget> ready() {
        List<ResolvedTarget> ready = new ArrayList<>();
        Function<JsonNode, String> created = pod -> pod.at("/metadata/creationTimestamp").asText();
        pods.values().stream()
                .sorted(Comparator.comparing(created).reversed())
                .forEach(
                        pod -> {
                            try {
                                ready.add(TargetResolver.read(pod, container()));
                            } catch (ClusterFailure notReady) {
                                // its next event may tell otherwise
                            }
                        });
        return ready;
    }

    private @Nullable String container() {
        return switch (resolved.named()) {
            case Target.Workload workload -> workload.container();
            case Target.Pod pod -> pod.container();
            case Target.Targetless _ -> null;
        };
    }

    private void begin(ResolvedTarget target) {
        lastNumber++;
        Replica replica = new Replica(lastNumber, target);
        byContainer.put(target.containerId(), replica);
        Thread placing =
                Thread.ofPlatform()
                        .daemon()
                        .name("mirrord-replica-" + replica.number)
                        .unstarted(() -> place(replica));
        replica.placing = placing;
        placing.start();
    }

    private void place(Replica replica) {
        boolean permitted = false;
        try {
            starting.acquire();
            permitted = true;
            if (isWanted(replica)) {
                JobPlacement placement = placements.of(replica.number, replica.target);
                introduce(replica, placement.place(cluster()));
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (ClusterFailure | IOException failure) {
            failed(replica, failure);
        } finally {
            if (permitted) {
                starting.release();
            }
        }
    }

    private synchronized boolean isWanted(Replica replica) {
        return !closed && byContainer.get(replica.target.containerId()) == replica;
    }

    private void introduce(Replica replica, PlacedAgent placed) throws IOException {
        Relays.Relay relay = relays.open(replica.number, placed);
        synchronized (this) {
            replica.placing = null;
            replica.job = placed.job();
            replica.relay = relay;
            if (isWanted(replica)) {
                audience.tell(
                        ClusterSide.agentMessage(replica.number, Optional.of(replica.target))
                                .put("certificateSha256", placed.certificateSha256()));
                log.line("replica joined", "pod", replica.pod(), "agent", replica.number);
                tell();
                return;
            }
        }
        remove(replica);
    }

    /** Says how many there are, once all that are known are there. */
    private void tell() {
        List<Replica> all = List.copyOf(byContainer.values());
        if (all.size() != told
                && all.size() > 1
                && all.stream().allMatch(each -> each.placing == null)) {
            String text =
                    "incoming traffic comes from %d pods: %s"
                            .formatted(
                                    all.size(),
                                    all.stream()
                                            .map(Replica::pod)
                                            .sorted()
                                            .collect(Collectors.joining(", ")));
            if (all.size() > mostTold) {
                mostTold = all.size();
                output.notice(text);
            } else {
                output.detail(text);
            }
            told = all.size();
        }
    }

    private void failed(Replica replica, Exception failure) {
        synchronized (this) {
            if (!byContainer.remove(replica.target.containerId(), replica) || closed) {
                return;
            }
            int count = failures.merge(replica.target.containerId(), 1, Integer::sum);
            if (count >= ATTEMPTS) {
                output.notice(
                        "pod %s keeps its incoming traffic, its agent does not start: %s"
                                .formatted(replica.pod(), failure.getMessage()));
            }
            tell();
        }
        log.failure("no agent for pod " + replica.pod(), failure);
        later();
        remove(replica);
    }

    /** The sidecar has given the agent up. */
    void lost(String number) {
        Replica replica;
        synchronized (this) {
            replica =
                    byContainer.values().stream()
                            .filter(each -> Integer.toString(each.number).equals(number))
                            .findFirst()
                            .orElse(null);
            if (replica == null || closed) {
                return;
            }
            failures.merge(replica.target.containerId(), 1, Integer::sum);
            end(replica, "its agent was lost");
        }
        later();
    }

    /** The pod's own news, of its end above all, may be on their way. */
    private void later() {
        CompletableFuture.delayedExecutor(
                        AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS, Background.EXECUTOR)
                .execute(this::reconcile);
    }

    private void end(Replica replica, String why) {
        byContainer.remove(replica.target.containerId(), replica);
        Thread placing = replica.placing;
        if (placing != null) {
            placing.interrupt();
        }
        log.line("replica left", "pod", replica.pod(), "agent", replica.number, "why", why);
        Background.EXECUTOR.execute(
                () -> {
                    try {
                        audience.tell(
                                SidecarControl.message("agentGone")
                                        .put("agent", Integer.toString(replica.number))
                                        .put("text", why));
                    } catch (IOException e) {
                        log.line("the sidecar has gone already");
                    }
                    remove(replica);
                });
    }

    /** Takes away what the agent has; one that is just being placed does that itself. */
    private void remove(Replica replica) {
        String job;
        Relays.Relay relay;
        synchronized (this) {
            job = replica.job;
            relay = replica.relay;
        }
        if (relay != null) {
            relay.close();
        }
        if (job != null) {
            try {
                new AgentJobs(cluster(), placements.of(1, replica.target).namespace()).delete(job);
            } catch (RuntimeException e) {
                log.failure("the Job " + job + " could not be deleted; it ends by itself", e);
            }
        }
    }

    private Cluster cluster() {
        return resolved.cluster();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends all agents but the first, which is the session's to end. Waits for it. */
    @Override
    public void close() {
        List<Replica> all;
        synchronized (this) {
            closed = true;
            all = byContainer.values().stream().filter(each -> each.number != 1).toList();
            byContainer.clear();
        }
        watching.interrupt();
        List<CompletableFuture<Void>> ends =
                all.stream()
                        .map(
                                each ->
                                        CompletableFuture.runAsync(
                                                () -> finish(each), Background.EXECUTOR))
                        .toList();
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, CLOSING_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private void finish(Replica replica) {
        Thread placing;
        synchronized (this) {
            placing = replica.placing;
        }
        if (placing != null) {
            placing.interrupt();
            try {
                placing.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        remove(replica);
    }
}
