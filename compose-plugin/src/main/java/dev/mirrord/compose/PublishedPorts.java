package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two services cannot publish one port; the engine would say so only when the second starts. */
final class PublishedPorts {
    private PublishedPorts() {}

    /** All replicas would publish the same port, as they would with compose alone. */
    static void checkReplicated(String name, JsonNode service) {
        for (JsonNode port : service.path("ports")) {
            String published = published(port);
            if (!published.isEmpty()) {
                throw new ComposeFailure(
                        "service %s has replicas, which cannot all publish port %s of this machine: give a range, or no port of this machine"
                                .formatted(name, published));
            }
        }
    }

    /** The one port of this machine, or nothing. */
    private static String published(JsonNode port) {
        String published = port.path("published").asText("");
        return published.equals("0") || published.contains("-") ? "" : published;
    }

    /**
     * @param inContext services with {@code x-mirrord}; among the others it is compose's matter
     */
    static void check(JsonNode project, List<String> inContext) {
        Map<String, String> publishers = new HashMap<>();
        for (Map.Entry<String, JsonNode> service : project.path("services").properties()) {
            for (JsonNode port : service.getValue().path("ports")) {
                String published = published(port);
                if (published.isEmpty()) {
                    continue;
                }
                String key =
                        "%s:%s/%s"
                                .formatted(
                                        port.path("host_ip").asText("0.0.0.0"),
                                        published,
                                        port.path("protocol").asText("tcp"));
                String other = publishers.put(key, service.getKey());
                if (other != null
                        && !other.equals(service.getKey())
                        && (inContext.contains(other) || inContext.contains(service.getKey()))) {
                    throw new ComposeFailure(
                            "services %s and %s both publish port %s of this machine: give one of them another"
                                    .formatted(other, service.getKey(), key));
                }
            }
        }
    }
}
