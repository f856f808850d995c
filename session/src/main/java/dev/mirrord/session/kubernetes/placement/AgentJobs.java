package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The agents that exist in a namespace, whoever made them. */
public final class AgentJobs {

    /** An agent in the cluster. */
    public record AgentJob(
            String name, String namespace, String session, String owner, Instant created) {}

    private final Cluster cluster;
    private final String namespace;

    public AgentJobs(Cluster cluster, String namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
    }

    public List<AgentJob> list() {
        return list(SessionLabels.SESSION);
    }

    public List<AgentJob> ofSession(String session) {
        return list(SessionLabels.SESSION + "=" + session);
    }

    /** Those of all namespaces. */
    public static List<AgentJob> everywhere(Cluster cluster) {
        return list(cluster, "/apis/batch/v1/jobs", SessionLabels.SESSION, "");
    }

    private List<AgentJob> list(String selector) {
        return list(cluster, jobs(), selector, namespace);
    }

    private static List<AgentJob> list(
            Cluster cluster, String jobs, String selector, String namespace) {
        String path =
                jobs + "?labelSelector=" + URLEncoder.encode(selector, StandardCharsets.UTF_8);
        ApiReply reply = cluster.api().get(path);
        if (!reply.succeeded()) {
            throw Refusals.of(reply, "list", "jobs.batch", namespace);
        }
        List<AgentJob> found = new ArrayList<>();
        for (JsonNode item : reply.json().path("items")) {
            JsonNode metadata = item.path("metadata");
            found.add(
                    new AgentJob(
                            metadata.path("name").asText(),
                            metadata.path("namespace").asText(),
                            metadata.path("labels").path(SessionLabels.SESSION).asText(),
                            metadata.path("annotations").path(SessionLabels.OWNER).asText(),
                            Instant.parse(metadata.path("creationTimestamp").asText())));
        }
        return found;
    }

    /**
     * Removes an agent: its Job at once, its pod by the cluster's garbage collector as soon as it
     * has ended. True if there was one.
     */
    public boolean delete(String name) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("kind", "DeleteOptions").put("apiVersion", "v1");
        options.put("propagationPolicy", "Background");
        ApiReply reply = cluster.api().delete(jobs() + "/" + name, options);
        if (!reply.succeeded() && reply.status() != 404) {
            throw Refusals.of(reply, "delete", "jobs.batch", namespace);
        }
        return reply.succeeded();
    }

    private String jobs() {
        return "/apis/batch/v1/namespaces/" + namespace + "/jobs";
    }
}
