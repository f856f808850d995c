package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Json;
import java.util.List;
import java.util.Map;

/** What both kinds of Job have in common. */
final class JobManifest {

    static final String CONTAINER = "agent";

    /** After SIGTERM the agent takes its rules away; it needs far less. */
    private static final int GRACE_SECONDS = 5;

    private static final Map<String, String> STAY =
            Map.of(
                    "cluster-autoscaler.kubernetes.io/safe-to-evict", "false",
                    "karpenter.sh/do-not-disrupt", "true");

    private static final Map<String, String> NO_MESH_LABELS =
            Map.of("sidecar.istio.io/inject", "false", "kuma.io/sidecar-injection", "disabled");

    private static final Map<String, String> NO_MESH_ANNOTATIONS =
            Map.of(
                    "sidecar.istio.io/inject", "false",
                    "linkerd.io/inject", "disabled",
                    "kuma.io/sidecar-injection", "disabled");

    final ObjectNode root = Json.MAPPER.createObjectNode();
    final ObjectNode podSpec;
    final ObjectNode container;

    JobManifest(
            SessionLabels labels,
            String namespace,
            AgentSettings settings,
            List<String> arguments) {
        root.put("apiVersion", "batch/v1").put("kind", "Job");
        metadata(
                root.putObject("metadata")
                        .put("name", labels.agentName())
                        .put("namespace", namespace),
                labels,
                settings);
        ObjectNode spec = root.putObject("spec");
        spec.put("backoffLimit", 0);
        spec.put("ttlSecondsAfterFinished", settings.ttl().toSeconds());
        spec.put("activeDeadlineSeconds", settings.lifetime().toSeconds());
        ObjectNode template = spec.putObject("template");
        metadata(template.putObject("metadata"), labels, settings);
        podSpec = template.putObject("spec");
        podSpec.put("restartPolicy", "Never");
        podSpec.put("automountServiceAccountToken", false);
        podSpec.put("enableServiceLinks", false);
        podSpec.put("terminationGracePeriodSeconds", GRACE_SECONDS);
        optional(settings);
        container = podSpec.putArray("containers").addObject();
        container.put("name", CONTAINER).put("image", settings.image());
        container.put("imagePullPolicy", settings.pullPolicy());
        ArrayNode args = container.putArray("args");
        arguments.forEach(args::add);
        args.add("--port").add(Integer.toString(AgentPlacement.PORT));
        settings.arguments().forEach(args::add);
        container.set("resources", Json.MAPPER.valueToTree(settings.resources()));
    }

    private static void metadata(
            ObjectNode metadata, SessionLabels labels, AgentSettings settings) {
        ObjectNode labelNode = metadata.putObject("labels");
        ObjectNode annotations = metadata.putObject("annotations");
        if (settings.meshInjectionOff()) {
            NO_MESH_LABELS.forEach(labelNode::put);
            NO_MESH_ANNOTATIONS.forEach(annotations::put);
        }
        STAY.forEach(annotations::put);
        settings.labels().forEach(labelNode::put);
        settings.annotations().forEach(annotations::put);
        labelNode.put("app.kubernetes.io/managed-by", "mirrord");
        labelNode.put(SessionLabels.SESSION, labels.session());
        labelNode.put(SessionLabels.OWNER, labels.ownerLabel());
        annotations.put(SessionLabels.OWNER, labels.owner());
    }

    private void optional(AgentSettings settings) {
        if (settings.serviceAccount() != null) {
            podSpec.put("serviceAccountName", settings.serviceAccount());
        }
        if (settings.priorityClass() != null) {
            podSpec.put("priorityClassName", settings.priorityClass());
        }
        if (!settings.tolerations().isEmpty()) {
            podSpec.set("tolerations", Json.MAPPER.valueToTree(settings.tolerations()));
        }
        if (!settings.pullSecrets().isEmpty()) {
            ArrayNode secrets = podSpec.putArray("imagePullSecrets");
            settings.pullSecrets().forEach(name -> secrets.addObject().put("name", name));
        }
    }
}
