package dev.mirrord.agent.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSONPath query (RFC 9535) that the configuration has taken apart: a list of segments, each
 * {@code {"deep":bool,"select":[…]}}; a selector is {@code {"name":…}}, {@code {"index":…}}, {@code
 * {"slice":[start|null,end|null,step]}} or {@code {"wild":true}}.
 */
record JsonQuery(List<Segment> segments) {
    private static final int MOST_NODES = 10_000;

    record Segment(boolean deep, List<JsonNode> selectors) {}

    static JsonQuery of(JsonNode json) {
        List<Segment> segments = new ArrayList<>();
        for (JsonNode segment : json) {
            List<JsonNode> selectors = new ArrayList<>();
            segment.path("select").forEach(selectors::add);
            segments.add(new Segment(segment.path("deep").asBoolean(), selectors));
        }
        return new JsonQuery(segments);
    }

    /** What the query finds; of very many the first. */
    List<JsonNode> select(JsonNode root) {
        List<JsonNode> nodes = root.isMissingNode() ? List.of() : List.of(root);
        for (Segment segment : segments) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : nodes) {
                visit(node, segment, next);
            }
            nodes = next;
        }
        return nodes;
    }

    private static void visit(JsonNode node, Segment segment, List<JsonNode> found) {
        if (found.size() >= MOST_NODES) {
            return;
        }
        for (JsonNode selector : segment.selectors()) {
            apply(node, selector, found);
        }
        if (segment.deep()) {
            for (JsonNode child : node) {
                visit(child, segment, found);
            }
        }
    }

    private static void apply(JsonNode node, JsonNode selector, List<JsonNode> found) {
        if (selector.has("name")) {
            add(node.path(selector.path("name").asText()), found);
        } else if (selector.has("index")) {
            int index = selector.path("index").asInt();
            add(node.path(index < 0 && node.isArray() ? node.size() + index : index), found);
        } else if (selector.has("slice")) {
            slice(node, selector.path("slice"), found);
        } else {
            node.forEach(child -> add(child, found));
        }
    }

    private static void add(JsonNode node, List<JsonNode> found) {
        if (!node.isMissingNode()) {
            found.add(node);
        }
    }

    private static void slice(JsonNode node, JsonNode slice, List<JsonNode> found) {
        int step = slice.path(2).asInt(1);
        if (!node.isArray() || step == 0) {
            return;
        }
        int size = node.size();
        int first = bound(slice.path(0), size, step, step > 0 ? 0 : size - 1);
        int last = bound(slice.path(1), size, step, step > 0 ? size : -1);
        for (int i = first; step > 0 ? i < last : i > last; i += step) {
            add(node.path(i), found);
        }
    }

    /** RFC 9535, 2.3.4.2.2. */
    private static int bound(JsonNode bound, int size, int step, int otherwise) {
        if (!bound.isNumber()) {
            return otherwise;
        }
        int at = bound.asInt() < 0 ? size + bound.asInt() : bound.asInt();
        return step > 0 ? Math.clamp(at, 0, size) : Math.clamp(at, -1, size - 1);
    }
}
