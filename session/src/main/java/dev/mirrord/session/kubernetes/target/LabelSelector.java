package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A workload's {@code spec.selector} as the text that list requests take. */
final class LabelSelector {

    private LabelSelector() {}

    static String of(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> terms.add(label.getKey() + "=" + label.getValue().asText()));
        selector.path("matchExpressions").forEach(expression -> terms.add(term(expression)));
        return String.join(",", terms);
    }

    private static String term(JsonNode expression) {
        String key = expression.path("key").asText();
        List<String> values = new ArrayList<>();
        expression.path("values").forEach(value -> values.add(value.asText()));
        String set = " (" + String.join(",", values) + ")";
        String operator = expression.path("operator").asText();
        return switch (operator) {
            case "In" -> key + " in" + set;
            case "NotIn" -> key + " notin" + set;
            case "Exists" -> key;
            case "DoesNotExist" -> "!" + key;
            default -> throw new IllegalArgumentException("selector operator " + operator);
        };
    }

    static String encode(String selector) {
        return URLEncoder.encode(selector, StandardCharsets.UTF_8);
    }
}
