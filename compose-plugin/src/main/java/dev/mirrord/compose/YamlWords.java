package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/** Words as compose files have them: a string or a list. */
final class YamlWords {
    private YamlWords() {}

    /** A string is one word; nothing, or a blank one, is none. */
    static List<String> texts(JsonNode node) {
        if (node.isTextual()) {
            return node.asText().isBlank() ? List.of() : List.of(node.asText());
        }
        List<String> texts = new ArrayList<>();
        node.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    static ArrayNode array(List<String> values) {
        ArrayNode array = Docker.JSON.createArrayNode();
        values.forEach(array::add);
        return array;
    }

    /** Compose takes a dollar for a variable. */
    static String dollars(String text) {
        return text.replace("$", "$$");
    }

    static List<String> dollars(List<String> texts) {
        return texts.stream().map(YamlWords::dollars).toList();
    }
}
