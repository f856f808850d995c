package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.NearestName;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the running container that a target means. Blocks; a container that is on its way is waited
 * for, but not for long.
 */
public final class TargetResolver {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Cluster cluster;
    private final String namespace;
    private final Consumer<String> notices;
    private final Workloads workloads;

    /**
     * Resolves in {@code cluster.namespace()}.
     *
     * @param notices told when it takes a while
     */
    public TargetResolver(Cluster cluster, Consumer<String> notices) {
        this.cluster = cluster;
        this.namespace = cluster.namespace();
        this.notices = notices;
        this.workloads = new Workloads(cluster, namespace);
    }

    /**
     * @throws ClusterFailure if there is no such running container
     */
    public ResolvedTarget resolve(Target.Pod target) {
        return patiently(() -> look(target));
    }

    /**
     * @throws ClusterFailure if there is no such workload or none of its pods runs
     */
    public ResolvedTarget resolve(Target.Workload target) {
        return patiently(() -> look(target));
    }

    /**
     * The pods that a target is, now and later.
     *
     * @throws ClusterFailure if there is no such workload
     */
    public PodSet pods(Target target) {
        return switch (target) {
            case Target.Targetless _ -> throw new IllegalArgumentException("targetless has no pod");
            case Target.Pod pod -> PodSet.ofPod(namespace, pod.name());
            case Target.Workload workload -> workloads.find(workload).pods();
        };
    }

    /**
     * A pod that may be a target now.
     *
     * @throws ClusterFailure if the container in question does not run
     */
    public static ResolvedTarget read(JsonNode pod, @Nullable String container) {
        return PodReading.of(pod, container, List.of());
    }

    private ResolvedTarget patiently(Supplier<ResolvedTarget> look) {
        long begin = System.nanoTime();
        boolean said = false;
        while (true) {
            try {
                return look.get();
            } catch (ClusterFailure failure) {
                if (failure.kind() != Kind.NOT_RUNNING_YET) {
                    throw failure;
                }
                Duration waited = Duration.ofNanos(System.nanoTime() - begin);
                if (waited.compareTo(PATIENCE) > 0) {
                    throw new ClusterFailure(
                            Kind.TIMEOUT,
                            failure.what(),
                            failure.why() + ", and still was after " + PATIENCE.toSeconds() + " s",
                            failure.advice());
                }
                if (!said && waited.compareTo(SILENCE) > 0) {
                    notices.accept(
                            "%s: %s; waiting up to %d s for it"
                                    .formatted(
                                            failure.what(), failure.why(), PATIENCE.toSeconds()));
                    said = true;
                }
                pause(failure);
            }
        }
    }

    private static void pause(ClusterFailure failure) {
        try {
            Thread.sleep(PERIOD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private ResolvedTarget look(Target.Pod target) {
        ApiReply reply = cluster.api().get(pods() + "/" + target.name());
        if (reply.status() == 404) {
            requireNamespace();
            throw workloads.absent(WorkloadKind.LABEL, target.name());
        }
        return PodReading.of(succeeded(reply, "get"), target.container(), List.of());
    }

    private ResolvedTarget look(Target.Workload target) {
        Workloads.Found found;
        try {
            found = workloads.find(target);
        } catch (ClusterFailure failure) {
            if (failure.kind() == Kind.NOT_FOUND) {
                requireNamespace();
            }
            throw failure;
        }
        return choose(found, succeeded(cluster.api().get(found.pods().list()), "list"));
    }

    private ResolvedTarget choose(Workloads.Found found, JsonNode list) {
        // The newest first: in a rollout the others are about to go.
        List<JsonNode> own =
                StreamSupport.stream(list.path("items").spliterator(), false)
                        .filter(found.pods().own())
                        .filter(pod -> !pod.at("/metadata").has("deletionTimestamp"))
                        .sorted(Comparator.comparing(Workloads::created).reversed())
                        .toList();
        Target.Workload target = found.target();
        if (own.isEmpty()) {
            requireNamespace();
            throw none(found);
        }
        @Nullable ClusterFailure best = null;
        for (JsonNode pod : own) {
            try {
                List<String> notes = new ArrayList<>();
                if (own.size() > 1) {
                    notes.add(
                            "%s %s has %d pods: standing in for %s"
                                    .formatted(
                                            target.kind().word(),
                                            target.name(),
                                            own.size(),
                                            pod.at("/metadata/name").asText()));
                }
                return PodReading.of(pod, target.container(), notes);
            } catch (ClusterFailure failure) {
                best = best == null ? failure : promising(best, failure);
            }
        }
        throw best == null ? new IllegalStateException("no pod was looked at") : best;
    }

    /** The one of a pod that is on its way. */
    private static ClusterFailure promising(ClusterFailure first, ClusterFailure second) {
        return first.kind() != Kind.NOT_RUNNING_YET && second.kind() == Kind.NOT_RUNNING_YET
                ? second
                : first;
    }

    private static ClusterFailure none(Workloads.Found found) {
        WorkloadKind kind = found.target().kind();
        String named = kind.word() + " " + found.target().name();
        return switch (kind) {
            case LABEL ->
                    new ClusterFailure(
                            Kind.NOT_FOUND,
                            "no pod has the label " + found.target().name(),
                            "not found in namespace " + found.pods().namespace(),
                            "see kubectl get pods --show-labels");
            case SERVICE ->
                    new ClusterFailure(
                            Kind.NOT_RUNNING,
                            named + " has no pod",
                            "none matches its selector",
                            "see kubectl describe service " + found.target().name());
            case JOB, CRON_JOB ->
                    new ClusterFailure(
                            isOver(found.object()) ? Kind.NOT_RUNNING : Kind.NOT_RUNNING_YET,
                            named + " has no pod",
                            isOver(found.object()) ? "its job has ended" : "it has just begun",
                            "see kubectl describe job "
                                    + found.object().at("/metadata/name").asText());
            case DAEMON_SET ->
                    new ClusterFailure(
                            Kind.NOT_RUNNING_YET,
                            named + " has no pod",
                            found.object().at("/status/desiredNumberScheduled").asInt()
                                    + " nodes are to have one",
                            "see kubectl describe daemonset " + found.target().name());
            case DEPLOYMENT, STATEFUL_SET, REPLICA_SET, ROLLOUT -> none(found.object(), found);
        };
    }

    private static boolean isOver(JsonNode job) {
        return job.at("/status").has("completionTime") || job.at("/status/failed").asInt() > 0;
    }

    private static ClusterFailure none(JsonNode object, Workloads.Found found) {
        String word = found.target().kind().word();
        String name = found.target().name();
        int replicas = object.at("/spec/replicas").asInt(1);
        if (replicas == 0) {
            return new ClusterFailure(
                    Kind.NOT_RUNNING,
                    word + " " + name + " has no pod",
                    "its replicas are 0",
                    "scale it up: kubectl scale " + word + "/" + name + " --replicas=1");
        }
        for (JsonNode condition : object.at("/status/conditions")) {
            if ("ReplicaFailure".equals(condition.path("type").asText())
                    && "True".equals(condition.path("status").asText())) {
                return new ClusterFailure(
                        Kind.NOT_RUNNING,
                        word + " " + name + " has no pod",
                        condition.path("message").asText(),
                        "see kubectl describe " + word + " " + name);
            }
        }
        return new ClusterFailure(
                Kind.NOT_RUNNING_YET,
                word + " " + name + " has no pod",
                "its replicas are " + replicas + ", none has been created",
                "see kubectl describe " + word + " " + name);
    }

    /** Names of the namespace's deployments, for a user who named no target. */
    public List<String> deploymentNames() {
        return workloads.names(WorkloadKind.DEPLOYMENT);
    }

    /** What to say to a user who named no target. */
    public ClusterFailure noTarget() {
        List<String> names = deploymentNames().stream().sorted().toList();
        String there =
                names.isEmpty()
                        ? "namespace " + namespace + " has no deployments"
                        : "namespace "
                                + namespace
                                + " has "
                                + NearestName.enumerate(
                                        names.stream().map(name -> "deployment/" + name).toList());
        return new ClusterFailure(
                Kind.CONFIGURATION,
                "no target is named",
                there,
                "name one with -t, or -t targetless for the network alone");
    }

    private String pods() {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    private JsonNode succeeded(ApiReply reply, String verb) {
        if (!reply.succeeded()) {
            throw Refusals.of(reply, verb, "pods", namespace);
        }
        return reply.json();
    }

    /**
     * @throws ClusterFailure if the namespace does not exist; says nothing where that may not be
     *     asked
     */
    public void requireNamespace() {
        ApiReply reply = cluster.api().get("/api/v1/namespaces/" + namespace);
        if (reply.status() != 404) {
            return;
        }
        ApiReply all = cluster.api().get("/api/v1/namespaces");
        List<String> names = new ArrayList<>();
        all.json().path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        throw new ClusterFailure(
                Kind.NOT_FOUND,
                "namespace " + namespace + " does not exist",
                "not found in context " + cluster.context(),
                all.succeeded()
                        ? NearestName.suggest(namespace, names, "namespaces")
                        : "check -n and --context");
    }
}
