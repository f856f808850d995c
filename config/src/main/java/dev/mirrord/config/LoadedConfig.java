package dev.mirrord.config;

import java.util.List;

/**
 * @param warnings one sentence each, for the user
 */
public record LoadedConfig(MirrordConfig config, List<String> warnings) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
