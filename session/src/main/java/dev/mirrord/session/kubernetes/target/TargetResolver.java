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

    /**
     * Resolves in {@code cluster.namespace()}.
     *
     * @param notices told when it takes a while
     */
    public TargetResolver(Cluster cluster, Consumer<String> notices) {
        this.cluster = cluster;
        this.namespace = cluster.namespace();
        this.notices = notices;
    }

    /**
     * @throws ClusterFailure if there is no such running container
     */
    public ResolvedTarget resolve(Target.Pod target) {
        return patiently(() -> look(target));
    }

    /**
     * @throws ClusterFailure if there is no such deployment or none of its pods runs
     */
    public ResolvedTarget resolve(Target.Deployment target) {
        return patiently(() -> look(target));
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
            throw absent("pod", target.name(), "pods", pods());
        }
        JsonNode pod = succeeded(reply, "get", "pods");
        return PodReading.of(pod, target.container(), List.of());
    }

    private ResolvedTarget look(Target.Deployment target) {
        ApiReply reply = cluster.api().get(deployments() + "/" + target.name());
        if (reply.status() == 404) {
            throw absent("deployment", target.name(), "deployments", deployments());
        }
        JsonNode deployment = succeeded(reply, "get", "deployments.apps");
        String selector = LabelSelector.of(deployment.at("/spec/selector"));
        JsonNode list =
                succeeded(
                        cluster.api()
                                .get(pods() + "?labelSelector=" + LabelSelector.encode(selector)),
                        "list",
                        "pods");
        return choose(target, deployment, list.path("items"));
    }

    private static ResolvedTarget choose(
            Target.Deployment target, JsonNode deployment, JsonNode items) {
        // The newest first: in a rollout the others are about to go.
        List<JsonNode> own =
                StreamSupport.stream(items.spliterator(), false)
                        .filter(pod -> belongs(pod, target.name()))
                        .filter(pod -> !pod.at("/metadata").has("deletionTimestamp"))
                        .sorted(Comparator.comparing(TargetResolver::created).reversed())
                        .toList();
        if (own.isEmpty()) {
            throw none(target, deployment);
        }
        @Nullable ClusterFailure best = null;
        for (JsonNode pod : own) {
            try {
                List<String> notes = new ArrayList<>();
                if (own.size() > 1) {
                    notes.add(
                            "deployment "
                                    + target.name()
                                    + " has "
                                    + own.size()
                                    + " pods: standing in for "
                                    + pod.at("/metadata/name").asText());
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

    private static ClusterFailure none(Target.Deployment target, JsonNode deployment) {
        int replicas = deployment.at("/spec/replicas").asInt();
        if (replicas == 0) {
            return new ClusterFailure(
                    Kind.NOT_RUNNING,
                    "deployment " + target.name() + " has no pod",
                    "its replicas are 0",
                    "scale it up: kubectl scale deployment/" + target.name() + " --replicas=1");
        }
        for (JsonNode condition : deployment.at("/status/conditions")) {
            if ("ReplicaFailure".equals(condition.path("type").asText())
                    && "True".equals(condition.path("status").asText())) {
                return new ClusterFailure(
                        Kind.NOT_RUNNING,
                        "deployment " + target.name() + " has no pod",
                        condition.path("message").asText(),
                        "see kubectl describe deployment " + target.name());
            }
        }
        return new ClusterFailure(
                Kind.NOT_RUNNING_YET,
                "deployment " + target.name() + " has no pod",
                "its replicas are " + replicas + ", none has been created",
                "see kubectl describe deployment " + target.name());
    }

    private static String created(JsonNode pod) {
        return pod.at("/metadata/creationTimestamp").asText();
    }

    /** A ReplicaSet is named after its deployment and the template's hash. */
    private static boolean belongs(JsonNode pod, String deployment) {
        String hash = pod.at("/metadata/labels/pod-template-hash").asText("");
        JsonNode owner = pod.at("/metadata/ownerReferences/0");
        return hash.isEmpty()
                || !"ReplicaSet".equals(owner.path("kind").asText())
                || owner.path("name").asText().equals(deployment + "-" + hash);
    }

    /** Names of the namespace's deployments, for a user who named no target. */
    public List<String> deploymentNames() {
        return names(deployments(), "deployments.apps");
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

    private String deployments() {
        return "/apis/apps/v1/namespaces/" + namespace + "/deployments";
    }

    private JsonNode succeeded(ApiReply reply, String verb, String resource) {
        if (!reply.succeeded()) {
            throw Refusals.of(reply, verb, resource, namespace);
        }
        return reply.json();
    }

    private List<String> names(String path, String resource) {
        List<String> names = new ArrayList<>();
        succeeded(cluster.api().get(path), "list", resource)
                .path("items")
                .forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }

    private ClusterFailure absent(String kind, String name, String plural, String path) {
        requireNamespace();
        String suggestion;
        try {
            suggestion = NearestName.suggest(name, names(path, plural), plural);
        } catch (ClusterFailure notAllowedToList) {
            suggestion = "look for it with kubectl get " + plural + " -A";
        }
        return new ClusterFailure(
                Kind.NOT_FOUND,
                kind + " " + name + " does not exist",
                "not found in namespace " + namespace + " of context " + cluster.context(),
                suggestion);
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
