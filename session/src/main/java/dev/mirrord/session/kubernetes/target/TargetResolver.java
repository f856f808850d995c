package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.NearestName;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Finds the running container that a target means. Blocks. */
public final class TargetResolver {

    private final Cluster cluster;
    private final String namespace;

    /** Resolves in {@code cluster.namespace()}. */
    public TargetResolver(Cluster cluster) {
        this.cluster = cluster;
        this.namespace = cluster.namespace();
    }

    /**
     * @throws ClusterFailure if there is no such running container
     */
    public ResolvedTarget resolve(Target.Pod target) {
        ApiReply reply = cluster.api().get(pods() + "/" + target.name());
        if (reply.status() == 404) {
            throw absent("pod", target.name(), "pods", pods());
        }
        JsonNode pod = succeeded(reply, "get", "pods");
        return PodReading.of(pod, target.container(), List.of());
    }

    /**
     * @throws ClusterFailure if there is no such deployment or none of its pods runs
     */
    public ResolvedTarget resolve(Target.Deployment target) {
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
        List<JsonNode> own =
                StreamSupport.stream(items.spliterator(), false)
                        .filter(pod -> belongs(pod, target.name()))
                        .toList();
        if (own.isEmpty()) {
            throw new ClusterFailure(
                    Kind.NOT_RUNNING,
                    "deployment " + target.name() + " has no pod",
                    "its replicas are " + deployment.at("/spec/replicas").asInt(),
                    "scale it up: kubectl scale deployment/" + target.name() + " --replicas=1");
        }
        @Nullable ClusterFailure first = null;
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
                first = first == null ? failure : first;
            }
        }
        throw first == null ? new IllegalStateException("no pod was looked at") : first;
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
