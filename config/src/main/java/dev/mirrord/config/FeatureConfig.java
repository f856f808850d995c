package dev.mirrord.config;

import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;

/**
 * @param hostname true: the app sees the target's host name
 */
public record FeatureConfig(
        EnvironmentRules environment, boolean hostname, FileRules files, NetworkConfig network) {}
