package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import org.jspecify.annotations.Nullable;

/** What a pod's JSON says about the start of the agent in it. */
record PodState(JsonNode pod) {

    String name() {
        return pod.at("/metadata/name").asText();
    }

    boolean assigned() {
        return !pod.at("/spec/nodeName").asText("").isEmpty();
    }

    private JsonNode container() {
        return pod.at("/status/containerStatuses/0");
    }

    boolean ended() {
        return container().path("state").has("terminated") || failed();
    }

    private boolean failed() {
        String phase = pod.at("/status/phase").asText();
        return "Failed".equals(phase) || "Succeeded".equals(phase);
    }

    /** The scheduler's sentence while it finds no node, else empty. */
    String unschedulable() {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if ("PodScheduled".equals(condition.path("type").asText())
                    && "Unschedulable".equals(condition.path("reason").asText())) {
                return condition.path("message").asText();
            }
        }
        return "";
    }

    ClusterFailure notScheduled() {
        return new ClusterFailure(
                Kind.NOT_SCHEDULED,
                "the agent's pod " + name() + " is not scheduled",
                unschedulable(),
                "check agent.node_selector, agent.tolerations and agent.resources");
    }

    /** Why the container can never start, null while it may. */
    @Nullable ClusterFailure hopeless(String image) {
        JsonNode waiting = container().at("/state/waiting");
        String reason = waiting.path("reason").asText("");
        String message = waiting.path("message").asText("");
        return switch (reason) {
            case "ErrImagePull", "ImagePullBackOff" ->
                    new ClusterFailure(
                            Kind.IMAGE,
                            "the agent's image " + image + " cannot be pulled",
                            reason + " on node " + node() + ": " + message,
                            "check agent.image and agent.image_pull_secrets");
            case "ErrImageNeverPull" ->
                    new ClusterFailure(
                            Kind.IMAGE,
                            "the agent's image " + image + " is not on node " + node(),
                            reason + ": " + message,
                            "load it there or set agent.image_pull_policy to IfNotPresent");
            case "InvalidImageName" ->
                    new ClusterFailure(
                            Kind.IMAGE,
                            "the agent's image " + image + " has no valid name",
                            message,
                            "check agent.image");
            case "CreateContainerConfigError", "CreateContainerError", "RunContainerError" ->
                    new ClusterFailure(
                            Kind.REJECTED,
                            "the agent's container does not start on node " + node(),
                            reason + ": " + message,
                            "");
            default -> null;
        };
    }

    /** The kubelet refused the pod, or it was evicted: there is no container to ask. */
    @Nullable ClusterFailure refusedByNode() {
        if (!failed() || container().path("state").has("terminated")) {
            return null;
        }
        return new ClusterFailure(
                Kind.NOT_SCHEDULED,
                "node " + node() + " does not take the agent's pod " + name(),
                pod.at("/status/reason").asText() + ": " + pod.at("/status/message").asText(),
                "check agent.resources, or free room on the node");
    }

    /** How the container ended. */
    String ending() {
        JsonNode terminated = container().at("/state/terminated");
        String reason = terminated.path("reason").asText("");
        return "it exited with "
                + terminated.path("exitCode").asInt()
                + (reason.isEmpty() || "Error".equals(reason) ? "" : " (" + reason + ")");
    }

    /** For a timeout's text. */
    String progress() {
        String reason = container().at("/state/waiting/reason").asText("");
        String phase = pod.at("/status/phase").asText();
        return reason.isEmpty() ? phase : phase + " (" + reason + ")";
    }

    private String node() {
        return pod.at("/spec/nodeName").asText();
    }
}
