package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.Json;

/** A line of the agent's standard output. */
sealed interface AgentLine {

    record Ready(int protocol, int port, String certificateSha256) implements AgentLine {}

    record Failed(String text) implements AgentLine {}

    /** Anything else: of the JVM, of a log. */
    record Other(String text) implements AgentLine {}

    static AgentLine parse(String line) {
        if (!line.startsWith("{")) {
            return new Other(line);
        }
        try {
            JsonNode json = Json.MAPPER.readTree(line);
            return switch (json.path("mirrord").asText()) {
                case "ready" ->
                        new Ready(
                                json.path("protocol").asInt(),
                                json.path("port").asInt(),
                                json.path("certificateSha256").asText());
                case "failed" -> new Failed(json.path("text").asText());
                default -> new Other(line);
            };
        } catch (JsonProcessingException notOurs) {
            return new Other(line);
        }
    }
}
