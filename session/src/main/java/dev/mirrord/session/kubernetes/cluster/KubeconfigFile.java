package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Kubeconfig files merged as kubectl merges them: of entries with the same name the first file's
 * wins. Read with the YAML parser alone: typed models cost a quarter of a second of start.
 */
record KubeconfigFile(
        String currentContext,
        Map<String, Entry> contexts,
        Map<String, Entry> clusters,
        Map<String, Entry> users) {

    /** The settings of a named entry, and the file whose directory relative paths start from. */
    record Entry(Map<?, ?> settings, Path file) {

        String text(String key) {
            Object value = settings.get(key);
            return value == null ? "" : value.toString();
        }

        boolean flag(String key) {
            return "true".equals(text(key));
        }

        Map<?, ?> map(String key) {
            return settings.get(key) instanceof Map<?, ?> map ? map : Map.of();
        }

        List<String> list(String key) {
            List<String> values = new ArrayList<>();
            if (settings.get(key) instanceof List<?> items) {
                items.forEach(item -> values.add(String.valueOf(item)));
            }
            return values;
        }

        /** The named path, resolved against the kubeconfig's directory, or null when unset. */
        @Nullable Path path(String key) {
            String value = text(key);
            Path directory = file.toAbsolutePath().getParent();
            return value.isEmpty() || directory == null ? null : directory.resolve(value);
        }
    }

    static KubeconfigFile merge(List<Path> files) {
        String current = "";
        Map<String, Entry> contexts = new LinkedHashMap<>();
        Map<String, Entry> clusters = new LinkedHashMap<>();
        Map<String, Entry> users = new LinkedHashMap<>();
        for (Path file : files) {
            Map<?, ?> root = parse(file);
            if (current.isEmpty() && root.get("current-context") instanceof String name) {
                current = name;
            }
            collect(root, "contexts", "context", file, contexts);
            collect(root, "clusters", "cluster", file, clusters);
            collect(root, "users", "user", file, users);
        }
        return new KubeconfigFile(current, contexts, clusters, users);
    }

    private static Map<?, ?> parse(Path file) {
        try {
            Object root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file));
            return root instanceof Map<?, ?> map ? map : Map.of();
        } catch (IOException failure) {
            throw unreadable(file, failure.toString(), failure);
        } catch (YamlEngineException failure) {
            throw unreadable(file, "not YAML: " + failure.getMessage(), failure);
        }
    }

    private static ClusterFailure unreadable(Path file, String why, Exception cause) {
        return new ClusterFailure(
                Kind.CONFIGURATION,
                "kubeconfig " + file + " cannot be read",
                why,
                "name another with KUBECONFIG or --kubeconfig",
                cause);
    }

    private static void collect(
            Map<?, ?> root, String list, String item, Path file, Map<String, Entry> into) {
        if (root.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> named
                        && named.get("name") != null
                        && named.get(item) instanceof Map<?, ?> settings) {
                    into.putIfAbsent(named.get("name").toString(), new Entry(settings, file));
                }
            }
        }
    }
}
