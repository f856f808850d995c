package dev.mirrord.sidecar;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reading and writing of small JSON messages. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    public static ObjectNode message(String type) {
        return MAPPER.createObjectNode().put("type", type);
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * @throws IllegalArgumentException for what is no JSON; the message does not quote it
     */
    public static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage());
        }
    }

    /** The text field {@code name} of an object; empty when there is none. */
    public static Optional<String> text(String json, String name) {
        JsonNode field = parse(json).path(name);
        return field.isTextual() ? Optional.of(field.asText()) : Optional.empty();
    }

    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    public static List<Integer> numbers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(each -> numbers.add(each.asInt()));
        return numbers;
    }

    /** An object whose names are numbers. */
    public static Map<Integer, String> textsByNumber(JsonNode object) {
        Map<Integer, String> texts = new HashMap<>();
        object.properties()
                .forEach(
                        each ->
                                texts.put(
                                        Integer.valueOf(each.getKey()), each.getValue().asText()));
        return texts;
    }
}
