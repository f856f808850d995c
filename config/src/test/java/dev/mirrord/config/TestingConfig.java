package dev.mirrord.config;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loads configurations from texts. */
final class TestingConfig {
    private TestingConfig() {}

    static LoadedConfig load(String json, Map<String, String> environment, Overrides flags)
            throws ConfigException {
        return ConfigLoader.load(sources(json, environment, flags));
    }

    static SettingsReport report(String json, Map<String, String> environment, boolean withDefaults)
            throws ConfigException {
        return ConfigLoader.report(sources(json, environment, new Overrides()), withDefaults);
    }

    private static ConfigSources sources(
            String json, Map<String, String> environment, Overrides flags) {
        return new ConfigSources(
                Optional.of("-"),
                environment,
                flags,
                Path.of("/nonexistent"),
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    static MirrordConfig json(String json) {
        return loaded(json).config();
    }

    static LoadedConfig loaded(String json) {
        try {
            return load(json, Map.of(), new Overrides());
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static MirrordConfig environment(Map<String, String> environment) {
        try {
            return load("{}", environment, new Overrides()).config();
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static List<String> problems(String json) {
        return problems(json, Map.of(), new Overrides());
    }

    static List<String> problems(String json, Map<String, String> environment, Overrides flags) {
        try {
            load(json, environment, flags);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }
}
