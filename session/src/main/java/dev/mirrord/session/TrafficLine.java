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
        datagrams(parts, summary);
        lost(parts, summary);
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

    private static void datagrams(List<String> parts, JsonNode summary) {
        String one = "datagram";
        String many = "datagrams";
        counted(parts, summary, "stolenDatagrams", "stole %s", one, many);
        counted(parts, summary, "mirroredDatagrams", "mirrored %s", one, many);
        counted(parts, summary, "lostDatagrams", "lost %s that came too fast", one, many);
    }

    /** What of the incoming traffic the app did not get, or not whole. */
    private static void lost(List<String> parts, JsonNode summary) {
        counted(parts, summary, "refusedPorts", "was refused %s", "port", "ports");
        String many = "connections";
        String one = "connection";
        counted(parts, summary, "mirrorOpenBefore", "passed over %s open before", one, many);
        counted(parts, summary, "mirrorIncomplete", "reset %s with missing packets", one, many);
        counted(parts, summary, "mirrorTooSlow", "reset %s too fast to mirror", one, many);
    }

    private static void counted(
            List<String> parts,
            JsonNode summary,
            String field,
            String text,
            String one,
            String many) {
        long number = summary.path(field).asLong();
        if (number > 0) {
            parts.add(text.formatted(count(number, one, many)));
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
