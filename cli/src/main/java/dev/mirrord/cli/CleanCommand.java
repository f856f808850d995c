package dev.mirrord.cli;

import dev.mirrord.session.Remains;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirrord clean}: removes what killed sessions have left. */
@Command
final class CleanCommand implements Callable<Integer> {
    @Option(names = "--cluster", description = "Agents in the cluster too.")
    boolean cluster;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Where the agents are; default: the context's.")
    @Nullable String namespace;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Agents in all namespaces.")
    boolean everywhere;

    @Mixin ClusterFlags clusterFlags = new ClusterFlags();

    @Mixin ClientFlag runtime = new ClientFlag();

    @Option(names = "--dry-run", description = "List only.")
    boolean dryRun;

    @Override
    public Integer call() {
        Remains remains = new Remains(dryRun, System.out);
        remains.removeFromEngine(runtime.client);
        if (cluster || everywhere || namespace != null) {
            remains.removeFromCluster(clusterFlags.choice(namespace), everywhere);
        }
        if (remains.count() == 0) {
            System.out.println("nothing is left");
        }
        return 0;
    }
}
