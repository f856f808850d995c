package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The last line of a session: what it carried, from the sidecar's {@code summary}. */
final class TrafficLine {
    private TrafficLine() {}

    static String of(JsonNode summary) {
        List<String> parts = new ArrayList<>();
        incoming(parts, "stole", summary, "stolenRequests", "stolenConnections");
        incoming(parts, "mirrored", summary, "mirroredRequests", "mirroredConnections");
        outgoing(parts, summary);
        long queries = summary.path("dnsQueries").asLong();
        if (queries > 0) {
            parts.add("answered " + count(queries, "DNS query", "DNS queries"));
        }
        return parts.isEmpty()
                ? "the session carried no traffic"
                : "the session " + String.join(", ", parts);
    }

    private static void incoming(
            List<String> parts, String verb, JsonNode summary, String requests, String connected) {
        long connections = summary.path(connected).asLong();
        if (connections > 0) {
            long whole = summary.path(requests).asLong();
            parts.add(
                    "%s %s%s"
                            .formatted(
                                    verb,
                                    whole == 0 ? "" : count(whole, "request", "requests") + " on ",
                                    count(connections, "connection", "connections")));
        }
    }

    private static void outgoing(List<String> parts, JsonNode summary) {
        List<String> sent = new ArrayList<>();
        long tcp = summary.path("outgoingTcp").asLong();
        long udp = summary.path("outgoingUdp").asLong();
        long refused = summary.path("outgoingRefused").asLong();
        if (tcp > 0) {
            sent.add(count(tcp, "outgoing connection", "outgoing connections"));
        }
        if (udp > 0) {
            sent.add(count(udp, "UDP socket", "UDP sockets"));
        }
        if (refused > 0) {
            sent.add(count(refused, "failed connect", "failed connects"));
        }
        if (!sent.isEmpty()) {
            parts.add("carried " + String.join(" and ", sent));
        }
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
