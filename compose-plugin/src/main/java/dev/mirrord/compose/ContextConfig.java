package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.source.Location;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What a service's {@code x-mirrord} and the project's say together: a configuration of ours. */
final class ContextConfig {
    static final String KEY = "x-mirrord";

    private ContextConfig() {}

    /** The service's own over the project's defaults, group by group. */
    static ObjectNode merged(JsonNode defaults, JsonNode own) {
        ObjectNode merged =
                defaults.isObject() ? defaults.deepCopy() : Docker.JSON.createObjectNode();
        ObjectNode target = target(merged);
        ObjectNode second = target((ObjectNode) own.deepCopy());
        overlay("", target, second);
        return target;
    }

    private static void overlay(String path, ObjectNode under, ObjectNode over) {
        over.properties()
                .forEach(
                        each -> {
                            String inner = path + each.getKey();
                            if (each.getValue() instanceof ObjectNode group) {
                                ObjectNode known = group(inner, under.path(each.getKey()));
                                under.set(each.getKey(), known);
                                overlay(inner + ".", known, group);
                            } else {
                                under.set(each.getKey(), each.getValue());
                            }
                        });
    }

    /**
     * What stands for a group in full, so that a key of it can be set; empty if it says nothing.
     */
    private static ObjectNode group(String path, JsonNode value) {
        ObjectNode group = Docker.JSON.createObjectNode();
        if (value instanceof ObjectNode given) {
            return given;
        }
        if (value.isTextual()) {
            return switch (path) {
                case "feature.network.incoming", "feature.fs" -> group.put("mode", value.asText());
                default -> group;
            };
        }
        if (!value.isBoolean()) {
            return group;
        }
        boolean on = value.asBoolean();
        return switch (path) {
            case "feature.network" -> group.put("dns", on).put("outgoing", on).put("incoming", on);
            case "feature.network.dns" -> group.put("enabled", on);
            case "feature.network.outgoing" -> group.put("tcp", on).put("udp", on);
            case "feature.network.incoming" -> group.put("mode", on ? "mirror" : "off");
            default -> group;
        };
    }

    /** {@code namespace} beside the target is short for {@code target.namespace}. */
    private static ObjectNode target(ObjectNode given) {
        ObjectNode config = given.deepCopy();
        JsonNode target = config.remove("target");
        JsonNode namespace = config.remove("namespace");
        if (target == null && namespace == null) {
            return config;
        }
        ObjectNode full = Docker.JSON.createObjectNode();
        if (target instanceof ObjectNode object && object.has("path")) {
            full.setAll(object);
        } else if (target instanceof ObjectNode object) { // {deployment: web, namespace: shop}
            ObjectNode path = object.deepCopy();
            JsonNode inner = path.remove("namespace");
            if (inner != null) {
                full.set("namespace", inner);
            }
            if (!path.isEmpty()) {
                full.set("path", path);
            }
        } else if (target != null) {
            full.set("path", target);
        }
        if (namespace != null) {
            full.set("namespace", namespace);
        }
        config.set("target", full);
        return config;
    }

    /**
     * Reads it as a configuration file is read.
     *
     * @param places where a value was written, by its path
     */
    static MirrordConfig load(ObjectNode config, Function<List<String>, Location> places) {
        try {
            Value.Table table = table(config, List.of(), places);
            return ConfigLoader.load(
                            table, ConfigSources.ofProcess(Optional.empty(), new Overrides()))
                    .config();
        } catch (ConfigException e) {
            throw new ComposeFailure(String.join("\n", e.problems()));
        }
    }

    /** Says which keys are not known, and nothing of what else is wrong. */
    static void refuseUnknownKeys(ObjectNode config, Function<List<String>, Location> places) {
        try {
            load(config, places);
        } catch (ComposeFailure failure) {
            if (String.valueOf(failure.getMessage()).contains("unknown key")) {
                throw failure;
            }
        }
    }

    /** True while a value waits for compose to put a variable into it. */
    static boolean hasVariables(ObjectNode config) {
        return config.toString().replace("$$", "").contains("$");
    }

    private static Value.Table table(
            JsonNode node, List<String> path, Function<List<String>, Location> places) {
        Map<String, Value> entries = new LinkedHashMap<>();
        node.properties()
                .forEach(
                        each -> {
                            List<String> inner = new ArrayList<>(path);
                            inner.add(each.getKey());
                            entries.put(each.getKey(), value(each.getValue(), inner, places));
                        });
        return new Value.Table(places.apply(path), entries);
    }

    private static Value value(
            JsonNode node, List<String> path, Function<List<String>, Location> places) {
        Location at = places.apply(path);
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> table(node, path, places);
            case ARRAY -> {
                List<Value> items = new ArrayList<>();
                node.forEach(each -> items.add(value(each, path, places)));
                yield new Value.Sequence(at, items);
            }
            case BOOLEAN -> new Value.Bool(at, node.booleanValue());
            case NUMBER -> new Value.Numeral(at, node.asText());
            case NULL, MISSING -> new Value.Absent(at);
            case STRING, BINARY -> new Value.Text(at, node.asText());
        };
    }
}
