package dev.mirrord.cli;

import dev.mirrord.config.Keys;
import dev.mirrord.config.Overrides;
import dev.mirrord.session.ClusterChoice;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all commands that choose the cluster. */
final class ClusterFlags {
    @Option(names = "--context", paramLabel = "CONTEXT", description = "Context of the kubeconfig.")
    @Nullable String context;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "Kubeconfig to use.")
    @Nullable Path kubeconfig;

    /** For commands that read no configuration. */
    ClusterChoice choice(@Nullable String namespace) {
        return new ClusterChoice(kubeconfig, context, namespace);
    }

    /** For commands that do. */
    void addTo(Overrides overrides) {
        overrides.parseIfGiven(Keys.KUBE_CONTEXT, context, "--context");
        overrides.parseIfGiven(Keys.KUBECONFIG, kubeconfig, "--kubeconfig");
    }
}
