package dev.mirrord.config;

import dev.mirrord.config.environment.EnvironmentRules;

/**
 * @param hostname true: the app sees the target's host name
 */
public record FeatureConfig(
        EnvironmentRules environment, boolean hostname, NetworkConfig network) {}
