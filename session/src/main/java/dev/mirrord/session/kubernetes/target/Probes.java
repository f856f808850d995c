package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** What the kubelet asks containers for over TCP, from the pod's spec. */
final class Probes {
    private Probes() {}

    /** A sentence's part for each port: {@code readiness probe of container web (GET /healthz)}. */
    static Map<Integer, String> of(JsonNode containers) {
        Map<Integer, String> probes = new TreeMap<>();
        for (JsonNode container : containers) {
            for (String kind : new String[] {"readiness", "liveness", "startup"}) {
                JsonNode probe = container.path(kind + "Probe");
                String of =
                        "%s probe of container %s".formatted(kind, container.path("name").asText());
                JsonNode http = probe.path("httpGet");
                add(probes, container, http, of + " (GET " + http.path("path").asText("/") + ")");
                add(probes, container, probe.path("tcpSocket"), of + " (TCP)");
                add(probes, container, probe.path("grpc"), of + " (gRPC)");
            }
        }
        return Map.copyOf(probes);
    }

    private static void add(
            Map<Integer, String> probes, JsonNode container, JsonNode action, String text) {
        int port = number(container, action.path("port"));
        if (port > 0) {
            probes.putIfAbsent(port, text);
        }
    }

    /** A port is a number, or the name of one of the container's. */
    private static int number(JsonNode container, JsonNode port) {
        if (port.isTextual()) {
            for (JsonNode each : container.path("ports")) {
                if (port.asText().equals(each.path("name").asText())) {
                    return each.path("containerPort").asInt();
                }
            }
        }
        return port.asInt();
    }
}
