package dev.mirrord.session.kubernetes.target;

import dev.mirrord.config.TargetPath;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import org.jspecify.annotations.Nullable;

/** What a session stands in for, of the kinds that can be found in a cluster. */
public sealed interface Target {

    /** DNS and network of a namespace, nobody to stand in for. */
    record Targetless() implements Target {
        @Override
        public String toString() {
            return "targetless";
        }
    }

    /** A pod by name. */
    record Pod(String name, @Nullable String container) implements Target {
        @Override
        public String toString() {
            return "pod/" + name + suffix(container);
        }
    }

    /** A running pod of a deployment. */
    record Deployment(String name, @Nullable String container) implements Target {
        @Override
        public String toString() {
            return "deployment/" + name + suffix(container);
        }
    }

    /**
     * @throws ClusterFailure for a kind that this version knows of but cannot resolve
     */
    static Target of(dev.mirrord.config.Target named) {
        return switch (named) {
            case dev.mirrord.config.Target.Targetless _ -> new Targetless();
            case dev.mirrord.config.Target.Workload workload -> of(workload);
        };
    }

    private static Target of(dev.mirrord.config.Target.Workload workload) {
        String container = workload.container().orElse(null);
        return switch (workload.kind()) {
            case POD -> new Pod(workload.name(), container);
            case DEPLOYMENT -> new Deployment(workload.name(), container);
            case ROLLOUT, JOB, CRON_JOB, STATEFUL_SET, SERVICE, REPLICA_SET, LABEL ->
                    throw new ClusterFailure(
                            Kind.CONFIGURATION,
                            "target '" + workload.path() + "' cannot be used",
                            "targets of kind " + workload.kind().word() + " are not supported yet",
                            TargetPath.FORMS);
        };
    }

    private static String suffix(@Nullable String container) {
        return container == null ? "" : "/container/" + container;
    }
}
