package dev.mirrord.session.kubernetes.target;

import org.jspecify.annotations.Nullable;

/** What a session stands in for. */
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

    /**
     * The pods of a workload.
     *
     * @param name of its object; for {@link WorkloadKind#LABEL} the selector, {@code k=v,k=v}
     */
    record Workload(WorkloadKind kind, String name, @Nullable String container) implements Target {
        @Override
        public String toString() {
            return kind.word() + "/" + name + suffix(container);
        }
    }

    /** What the configuration names. */
    static Target of(dev.mirrord.config.Target named) {
        return switch (named) {
            case dev.mirrord.config.Target.Targetless _ -> new Targetless();
            case dev.mirrord.config.Target.Workload workload -> of(workload);
        };
    }

    private static Target of(dev.mirrord.config.Target.Workload workload) {
        String name = workload.name();
        String container = workload.container().orElse(null);
        return switch (workload.kind()) {
            case POD -> new Pod(name, container);
            case DEPLOYMENT -> new Workload(WorkloadKind.DEPLOYMENT, name, container);
            case STATEFUL_SET -> new Workload(WorkloadKind.STATEFUL_SET, name, container);
            case REPLICA_SET -> new Workload(WorkloadKind.REPLICA_SET, name, container);
            case DAEMON_SET -> new Workload(WorkloadKind.DAEMON_SET, name, container);
            case JOB -> new Workload(WorkloadKind.JOB, name, container);
            case CRON_JOB -> new Workload(WorkloadKind.CRON_JOB, name, container);
            case SERVICE -> new Workload(WorkloadKind.SERVICE, name, container);
            case ROLLOUT -> new Workload(WorkloadKind.ROLLOUT, name, container);
            case LABEL -> new Workload(WorkloadKind.LABEL, name, container);
        };
    }

    private static String suffix(@Nullable String container) {
        return container == null ? "" : "/container/" + container;
    }
}
