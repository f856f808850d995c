package dev.mirrord.session.docker.rewrite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JSON array of words, which podman takes where docker takes a single one. */
final class JsonList {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonList() {}

    static String of(List<String> words) {
        try {
            return JSON.writeValueAsString(words);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Empty if {@code text} is none. */
    static Optional<List<String>> parse(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            JsonNode array = JSON.readTree(text);
            List<String> words = new ArrayList<>();
            array.forEach(word -> words.add(word.asText()));
            return array.isArray() ? Optional.of(List.copyOf(words)) : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }
}
