package dev.mirrord.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the options' {@code MIRRORD_*} variables; an empty one counts as not set. */
final class EnvironmentVariables {
    private EnvironmentVariables() {}

    static void addTo(Settings settings, Map<String, String> environment, Problems problems) {
        for (Key<?> key : Keys.all()) {
            key.variable()
                    .ifPresent(name -> add(key, name, environment.get(name), settings, problems));
        }
        NotImplemented.checkVariables(environment, problems);
    }

    private static <T> void add(
            Key<T> key, String name, @Nullable String text, Settings settings, Problems problems) {
        if (text == null || text.isEmpty()) {
            return;
        }
        try {
            settings.put(key, key.type().parse(text), text, name);
        } catch (WrongValue e) {
            problems.error(name + ": " + key + " " + e.getMessage());
        }
    }
}
