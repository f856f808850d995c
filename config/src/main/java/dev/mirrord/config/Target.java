package dev.mirrord.config;

import java.util.Optional;

/** Whom the app stands in for. */
public sealed interface Target {
    /** The form that the user writes: {@code deployment/web/container/app}. */
    String path();

    /** DNS and network of a namespace, without a pod to stand in for. */
    record Targetless() implements Target {
        @Override
        public String path() {
            return "targetless";
        }
    }

    /**
     * @param name for {@link Kind#LABEL} the selector, {@code k=v,k=v}
     * @param container empty: the pod's default container
     */
    record Workload(Kind kind, String name, Optional<String> container) implements Target {
        @Override
        public String path() {
            return kind.word() + "/" + name + container.map(c -> "/container/" + c).orElse("");
        }
    }

    /** What a target path may start with. */
    enum Kind {
        POD("pod", "pod"),
        DEPLOYMENT("deployment", "deployment"),
        ROLLOUT("rollout", "rollout"),
        JOB("job", "job"),
        CRON_JOB("cronjob", "cron_job"),
        STATEFUL_SET("statefulset", "stateful_set"),
        SERVICE("service", "service"),
        REPLICA_SET("replicaset", "replica_set"),
        DAEMON_SET("daemonset", "daemon_set"),
        LABEL("label", "labels");

        private final String word;
        private final String key;

        Kind(String word, String key) {
            this.word = word;
            this.key = key;
        }

        /** In a path. */
        public String word() {
            return word;
        }

        /** In the object form. */
        public String key() {
            return key;
        }
    }
}
