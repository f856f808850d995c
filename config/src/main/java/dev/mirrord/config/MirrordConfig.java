package dev.mirrord.config;

import java.util.Optional;

/**
 * Everything the user asked for, defaults applied.
 *
 * @param target empty: the user named none
 * @param namespace of the target; empty: the kubeconfig context's
 * @param key the session's key; empty: one is made up
 */
public record MirrordConfig(
        Optional<Target> target,
        Optional<String> namespace,
        Optional<String> key,
        KubernetesConfig kubernetes,
        AgentConfig agent,
        ContainerConfig container,
        PidOne pidOne,
        FeatureConfig feature) {

    /** The part that the sidecar needs. */
    public SidecarConfig sidecar() {
        return new SidecarConfig(
                feature.environment(), feature.hostname(), feature.files(), feature.network());
    }
}
