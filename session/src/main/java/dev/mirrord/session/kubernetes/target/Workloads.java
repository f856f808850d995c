package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.NearestName;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** Reads the objects that have pods, of one namespace. */
final class Workloads {
    private final Cluster cluster;
    private final String namespace;

    Workloads(Cluster cluster, String namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
    }

    /**
     * A workload as it is now.
     *
     * @param object missing where there is none: a label
     */
    record Found(Target.Workload target, JsonNode object, PodSet pods) {}

    /**
     * @throws ClusterFailure if there is no such object, or it can have no pods
     */
    Found find(Target.Workload target) {
        return switch (target.kind()) {
            case LABEL ->
                    new Found(
                            target,
                            MissingNode.getInstance(),
                            PodSet.ofSelector(namespace, target.name(), _ -> true));
            case SERVICE -> ofService(target, read(target));
            case CRON_JOB -> ofCronJob(target, read(target));
            case ROLLOUT -> ofRollout(target, read(target));
            case DEPLOYMENT -> of(target, read(target), PodSet.ofDeployment(target.name()));
            case STATEFUL_SET -> ofOwner(target, "StatefulSet");
            case REPLICA_SET -> ofOwner(target, "ReplicaSet");
            case DAEMON_SET -> ofOwner(target, "DaemonSet");
            case JOB -> ofOwner(target, "Job");
        };
    }

    private Found ofOwner(Target.Workload target, String kind) {
        return of(target, read(target), PodSet.ownedBy(kind, target.name()));
    }

    private Found of(Target.Workload target, JsonNode object, Predicate<JsonNode> own) {
        String selector = LabelSelector.of(object.at("/spec/selector"));
        if (selector.isEmpty()) {
            throw withoutSelector(target, "its selector is empty");
        }
        return new Found(target, object, PodSet.ofSelector(namespace, selector, own));
    }

    private Found ofService(Target.Workload target, JsonNode service) {
        List<String> terms = new ArrayList<>();
        service.at("/spec/selector")
                .properties()
                .forEach(label -> terms.add(label.getKey() + "=" + label.getValue().asText()));
        if (terms.isEmpty()) {
            throw withoutSelector(
                    target,
                    "ExternalName".equals(service.at("/spec/type").asText())
                            ? "it is a name of " + service.at("/spec/externalName").asText()
                            : "it has no selector");
        }
        return new Found(
                target, service, PodSet.ofSelector(namespace, String.join(",", terms), _ -> true));
    }

    /** The newest job that it has made: the others have ended, or are about to. */
    private Found ofCronJob(Target.Workload target, JsonNode cronJob) {
        Predicate<JsonNode> own = PodSet.ownedBy("CronJob", target.name());
        JsonNode newest =
                StreamSupport.stream(list(WorkloadKind.JOB).path("items").spliterator(), false)
                        .filter(own)
                        .max(Comparator.comparing(Workloads::created))
                        .orElseThrow(() -> withoutJob(target, cronJob));
        return of(target, newest, PodSet.ownedBy("Job", newest.at("/metadata/name").asText()));
    }

    /** Its template may be a deployment's; its pods have its labels all the same. */
    private Found ofRollout(Target.Workload target, JsonNode rollout) {
        if (!rollout.at("/spec/selector").isEmpty()) {
            return of(target, rollout, _ -> true);
        }
        JsonNode reference = rollout.at("/spec/workloadRef");
        Target.Workload deployment =
                new Target.Workload(WorkloadKind.DEPLOYMENT, reference.path("name").asText(), null);
        if (!"Deployment".equals(reference.path("kind").asText())) {
            throw withoutSelector(target, "its selector is empty");
        }
        return of(target, read(deployment), _ -> true);
    }

    private JsonNode read(Target.Workload target) {
        WorkloadKind kind = target.kind();
        ApiReply reply = cluster.api().get(kind.path(namespace) + "/" + target.name());
        if (reply.status() == 404) {
            throw absent(kind, target.name());
        }
        return succeeded(reply, "get", kind.resource());
    }

    private JsonNode list(WorkloadKind kind) {
        return succeeded(cluster.api().get(kind.path(namespace)), "list", kind.resource());
    }

    private JsonNode succeeded(ApiReply reply, String verb, String resource) {
        if (!reply.succeeded()) {
            throw Refusals.of(reply, verb, resource, namespace);
        }
        return reply.json();
    }

    /** Names of the namespace's objects of a kind. */
    List<String> names(WorkloadKind kind) {
        List<String> names = new ArrayList<>();
        list(kind).path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }

    /** What there is instead of a pod or workload that is not there. */
    ClusterFailure absent(WorkloadKind kind, String name) {
        String word = kind == WorkloadKind.LABEL ? "pod" : kind.word();
        String suggestion;
        try {
            suggestion = NearestName.suggest(name, names(kind), kind.plural());
        } catch (ClusterFailure noList) {
            if (kind == WorkloadKind.ROLLOUT && noList.kind() == Kind.NOT_FOUND) {
                return new ClusterFailure(
                        Kind.NOT_FOUND,
                        word + " " + name + " does not exist",
                        "context " + cluster.context() + " has no Argo Rollouts",
                        "name a deployment, or install the resource " + kind.resource());
            }
            suggestion = "look for it with kubectl get " + kind.plural() + " -A";
        }
        return new ClusterFailure(
                Kind.NOT_FOUND,
                word + " " + name + " does not exist",
                "not found in namespace " + namespace + " of context " + cluster.context(),
                suggestion);
    }

    private static ClusterFailure withoutSelector(Target.Workload target, String why) {
        return new ClusterFailure(
                Kind.NOT_RUNNING,
                "%s %s selects no pods".formatted(target.kind().word(), target.name()),
                why,
                "name the workload whose pods are meant");
    }

    private static ClusterFailure withoutJob(Target.Workload target, JsonNode cronJob) {
        String name = target.name();
        return new ClusterFailure(
                Kind.NOT_RUNNING,
                "cronjob " + name + " has no job",
                cronJob.at("/spec/suspend").asBoolean()
                        ? "it is suspended"
                        : "its schedule is " + cronJob.at("/spec/schedule").asText(),
                "start one: kubectl create job %s-now --from=cronjob/%s".formatted(name, name));
    }

    static String created(JsonNode object) {
        return object.at("/metadata/creationTimestamp").asText();
    }
}
