package dev.mirrord.session;

import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.target.TargetList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** What the services are called in the namespace that a configuration chooses. */
    public record Services(String namespace, Set<String> names) {}

    /** Without the names where they may not be listed. */
    public static Services services(MirrordConfig config) {
        try (Cluster cluster = Cluster.open(ClusterSide.options(config))) {
            String kind = "service";
            TargetList.Result result =
                    new TargetList(cluster, Optional.of(cluster.namespace()))
                            .read(Optional.of(kind));
            return new Services(
                    cluster.namespace(),
                    result.entries().stream()
                            .map(entry -> entry.path().substring(kind.length() + 1))
                            .collect(Collectors.toSet()));
        } catch (RuntimeException failure) {
            throw SessionFailures.of(failure);
        }
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
