package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.NearestName;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a pod's JSON into a target, or says why it cannot be one. */
final class PodReading {

    /** Kinds of volume that a container cannot write to. */
    private static final List<String> UNCHANGEABLE =
            List.of("configMap", "secret", "projected", "downwardAPI");

    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    /** Containers that platforms add beside the application's. */
    private static final Set<String> COMPANIONS =
            Set.of(
                    "kuma-sidecar",
                    "kuma-init",
                    "istio-proxy",
                    "istio-init",
                    "linkerd-proxy",
                    "linkerd-init",
                    "vault-agent",
                    "vault-agent-init",
                    "queue-proxy",
                    "traffic-agent");

    /** What a container waits for on its way to running; everything else is a lasting trouble. */
    private static final Set<String> ON_ITS_WAY =
            Set.of("", "ContainerCreating", "PodInitializing");

    private final JsonNode pod;
    private final String name;

    private PodReading(JsonNode pod) {
        this.pod = pod;
        this.name = pod.at("/metadata/name").asText();
    }

    static ResolvedTarget of(JsonNode pod, @Nullable String container, List<String> notes) {
        return new PodReading(pod).read(container, notes);
    }

    private ResolvedTarget read(@Nullable String wanted, List<String> notes) {
        requireRunning();
        List<String> containers = names(pod.at("/spec/containers"));
        List<String> warnings = new ArrayList<>(notes);
        String container =
                wanted == null ? choose(containers, warnings) : require(wanted, containers);
        JsonNode status = status(container);
        requireReady(container, status);
        JsonNode spec = named(pod.at("/spec/containers"), container);
        List<Integer> podPorts = new ArrayList<>();
        pod.at("/spec/containers").forEach(each -> podPorts.addAll(tcpPorts(each)));
        return new ResolvedTarget(
                new PodRef(pod.at("/metadata/namespace").asText(), name),
                pod.at("/metadata/uid").asText(),
                pod.at("/spec/nodeName").asText(),
                container,
                status.path("containerID").asText(),
                spec.path("image").asText(),
                addresses(),
                pod.at("/spec/hostname").asText(name),
                pod.at("/spec/subdomain").asText(""),
                pod.at("/spec/serviceAccountName").asText("default"),
                pod.at("/spec/hostNetwork").asBoolean(),
                List.copyOf(tcpPorts(spec)),
                List.copyOf(podPorts),
                volumes(spec),
                containers,
                Probes.of(pod.at("/spec/containers")),
                List.copyOf(warnings));
    }

    private void requireRunning() {
        if (pod.at("/metadata").has("deletionTimestamp")) {
            throw notRunning("it is being deleted", false);
        }
        String phase = pod.at("/status/phase").asText("unknown");
        if (!"Running".equals(phase)) {
            throw notRunning(
                    "its phase is " + phase + reasonOfPhase(),
                    "Pending".equals(phase) && !isStuck() && !isUnschedulable());
        }
    }

    /** True when one of the containers waits for something that does not come by itself. */
    private boolean isStuck() {
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode status : pod.at("/status").path(list)) {
                if (!ON_ITS_WAY.contains(status.at("/state/waiting/reason").asText(""))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isUnschedulable() {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if ("PodScheduled".equals(condition.path("type").asText())
                    && "False".equals(condition.path("status").asText())) {
                return true;
            }
        }
        return false;
    }

    private String reasonOfPhase() {
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode status : pod.at("/status").path(list)) {
                String reason = status.at("/state/waiting/reason").asText("");
                if (!reason.isEmpty() && !"PodInitializing".equals(reason)) {
                    return ", container "
                            + status.path("name").asText()
                            + " waits: "
                            + reason
                            + detail(status.at("/state/waiting/message"));
                }
            }
        }
        for (JsonNode condition : pod.at("/status/conditions")) {
            if ("False".equals(condition.path("status").asText())
                    && "PodScheduled".equals(condition.path("type").asText())) {
                return ", " + condition.path("reason").asText() + detail(condition.path("message"));
            }
        }
        String reason = pod.at("/status/reason").asText("");
        return reason.isEmpty() ? "" : ", " + reason + detail(pod.at("/status/message"));
    }

    private void requireReady(String container, JsonNode status) {
        if (status.path("ready").asBoolean() && !status.path("containerID").asText("").isEmpty()) {
            return;
        }
        String why = "container " + container + " is not ready";
        for (String state : List.of("waiting", "terminated")) {
            JsonNode node = status.path("state").path(state);
            if (!node.isMissingNode()) {
                why =
                        "container "
                                + container
                                + " is "
                                + state
                                + ": "
                                + node.path("reason").asText("");
                why += detail(node.path("message"));
            }
        }
        boolean ended =
                status.at("/state").has("terminated")
                        && "Never".equals(pod.at("/spec/restartPolicy").asText());
        throw notRunning(why, !ended && !isStuck());
    }

    private static String detail(JsonNode message) {
        String text = message.asText("");
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private ClusterFailure notRunning(String why, boolean onItsWay) {
        return new ClusterFailure(
                onItsWay ? Kind.NOT_RUNNING_YET : Kind.NOT_RUNNING,
                "pod " + name + " is not running",
                why,
                "see kubectl describe pod "
                        + name
                        + " -n "
                        + pod.at("/metadata/namespace").asText());
    }

    private String choose(List<String> containers, List<String> warnings) {
        String annotated = pod.at("/metadata/annotations").path(DEFAULT_CONTAINER).asText("");
        if (containers.contains(annotated)) {
            return annotated;
        }
        List<String> own = containers.stream().filter(each -> !COMPANIONS.contains(each)).toList();
        List<String> candidates = own.isEmpty() ? containers : own;
        if (candidates.size() > 1) {
            warnings.add(
                    "pod "
                            + name
                            + " has containers "
                            + String.join(", ", candidates)
                            + ": standing in for "
                            + candidates.getFirst()
                            + "; choose with /container/NAME");
        }
        return candidates.getFirst();
    }

    private String require(String wanted, List<String> containers) {
        if (containers.contains(wanted)) {
            return wanted;
        }
        throw new ClusterFailure(
                Kind.NOT_FOUND,
                "container " + wanted + " does not exist",
                "not in pod " + name,
                NearestName.suggest(wanted, containers, "containers"));
    }

    private JsonNode status(String container) {
        return named(pod.at("/status/containerStatuses"), container);
    }

    private static JsonNode named(JsonNode list, String wanted) {
        for (JsonNode item : list) {
            if (wanted.equals(item.path("name").asText())) {
                return item;
            }
        }
        return list.path(Integer.MAX_VALUE);
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(item -> names.add(item.path("name").asText()));
        return List.copyOf(names);
    }

    private static List<Integer> tcpPorts(JsonNode container) {
        List<Integer> ports = new ArrayList<>();
        for (JsonNode port : container.path("ports")) {
            if ("TCP".equals(port.path("protocol").asText("TCP"))) {
                ports.add(port.path("containerPort").asInt());
            }
        }
        return ports;
    }

    private List<TargetMount> volumes(JsonNode container) {
        List<TargetMount> volumes = new ArrayList<>();
        for (JsonNode mount : container.path("volumeMounts")) {
            JsonNode volume = named(pod.at("/spec/volumes"), mount.path("name").asText());
            boolean fixed =
                    mount.path("readOnly").asBoolean()
                            || UNCHANGEABLE.stream().anyMatch(volume::has);
            volumes.add(new TargetMount(mount.path("mountPath").asText(), fixed));
        }
        return List.copyOf(volumes);
    }

    private List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        pod.at("/status/podIPs").forEach(ip -> addresses.add(ip.path("ip").asText()));
        return List.copyOf(addresses);
    }
}
