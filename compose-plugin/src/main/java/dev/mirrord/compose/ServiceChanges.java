package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What an override file changes of a service. It is either written for compose to merge, or made to
 * a copy of the service here.
 */
final class ServiceChanges {
    private final List<Change> changes = new ArrayList<>();

    private sealed interface Change {
        /** Is added, as compose merges it. */
        record Add(String key, JsonNode value) implements Change {}

        /** Comes in place of what is there. */
        record Replace(String key, JsonNode value) implements Change {}

        /** The same of a value in a mapping. */
        record ReplaceIn(String mapping, String key, JsonNode value) implements Change {}

        /**
         * Takes away what is there.
         *
         * @param empty of the value's kind
         */
        record Reset(String key, String empty) implements Change {}
    }

    void add(String key, JsonNode value) {
        changes.add(new Change.Add(key, value));
    }

    void override(String key, JsonNode value) {
        changes.add(new Change.Replace(key, value));
    }

    void overrideIn(String mapping, String key, JsonNode value) {
        changes.add(new Change.ReplaceIn(mapping, key, value));
    }

    void reset(String key, String empty) {
        changes.add(new Change.Reset(key, empty));
    }

    void write(int depth, YamlText out) {
        for (Change change : changes) {
            switch (change) {
                case Change.Add(String key, JsonNode value) -> out.field(depth, key, value);
                case Change.Replace(String key, JsonNode value) -> out.override(depth, key, value);
                case Change.ReplaceIn(String mapping, String key, JsonNode value) -> {
                    out.line(depth, mapping + ":");
                    out.override(depth + 2, key, value);
                }
                case Change.Reset(String key, String empty) ->
                        out.line(depth, key + ": !reset " + empty);
            }
        }
    }

    /** Makes them to {@code service}, whose values are in compose's canonical form. */
    void applyTo(ObjectNode service) {
        for (Change change : changes) {
            switch (change) {
                case Change.Add(String key, JsonNode value) ->
                        service.set(key, merged(service.path(key), value));
                case Change.Replace(String key, JsonNode value) -> service.set(key, value);
                case Change.ReplaceIn(String mapping, String key, JsonNode value) -> {
                    ObjectNode changed =
                            service.path(mapping) instanceof ObjectNode there
                                    ? there.deepCopy()
                                    : Docker.JSON.createObjectNode();
                    service.set(mapping, changed.set(key, value));
                }
                case Change.Reset(String key, String _) -> service.remove(key);
            }
        }
    }

    private static JsonNode merged(JsonNode there, JsonNode added) {
        if (there instanceof ObjectNode mapping && added instanceof ObjectNode more) {
            ObjectNode both = mapping.deepCopy();
            both.setAll(more);
            return both;
        }
        if (there instanceof ArrayNode list && added instanceof ArrayNode more) {
            return list.deepCopy().addAll(more);
        }
        return added;
    }
}
