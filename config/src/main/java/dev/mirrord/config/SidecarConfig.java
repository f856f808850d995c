package dev.mirrord.config;

import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;

/** What the sidecar is told of the configuration. Its JSON may hold secrets. */
public record SidecarConfig(
        EnvironmentRules environment, boolean hostname, FileRules files, NetworkConfig network) {

    public String toJson() {
        return SidecarConfigWriter.write(this);
    }

    /**
     * @throws IllegalArgumentException when the text was not made by {@link #toJson} of this
     *     version
     */
    public static SidecarConfig fromJson(String json) {
        return SidecarConfigReader.read(json);
    }
}
