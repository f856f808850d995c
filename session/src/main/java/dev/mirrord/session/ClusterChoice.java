package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that a command names by options, where no configuration file is read; null: as
 * kubectl chooses.
 */
public record ClusterChoice(
        @Nullable Path kubeconfig, @Nullable String context, @Nullable String namespace) {
    ClusterOptions options() {
        return ClusterOptions.ofEnvironment()
                .withKubeconfig(kubeconfig == null ? null : kubeconfig.toString())
                .withContext(context)
                .withNamespace(namespace);
    }
}
