package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.target.TargetList;
import java.util.List;
import java.util.Optional;

/** The targets that a cluster has. */
public final class Targets {
    private Targets() {}

    /**
     * @param path as in {@code -t}
     * @param state as kubectl shows it
     */
    public record Line(String path, String namespace, String state) {}

    /**
     * @param refused the resources that may not be listed, as RBAC names them
     */
    public record Found(List<Line> lines, List<String> refused) {}

    /** The kinds that {@link #list} knows. */
    public static List<String> kinds() {
        return TargetList.kinds();
    }

    /**
     * @param everywhere in all namespaces
     * @param kind empty: all
     */
    public static Found list(ClusterChoice choice, boolean everywhere, Optional<String> kind) {
        try (Cluster cluster = Cluster.open(choice.options())) {
            TargetList.Result result =
                    new TargetList(
                                    cluster,
                                    everywhere
                                            ? Optional.empty()
                                            : Optional.of(cluster.namespace()))
                            .read(kind);
            return new Found(
                    result.entries().stream()
                            .map(entry -> new Line(entry.path(), entry.namespace(), entry.state()))
                            .toList(),
                    result.refused());
        } catch (RuntimeException failure) {
            throw SessionFailures.of(failure);
        }
    }
}
