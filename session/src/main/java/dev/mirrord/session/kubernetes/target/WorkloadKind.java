package dev.mirrord.session.kubernetes.target;

import java.util.Optional;

/** The kinds of objects that have pods, and where the API server keeps them. */
public enum WorkloadKind {
    DEPLOYMENT("deployment", "deployments", "apps", "v1"),
    STATEFUL_SET("statefulset", "statefulsets", "apps", "v1"),
    REPLICA_SET("replicaset", "replicasets", "apps", "v1"),
    DAEMON_SET("daemonset", "daemonsets", "apps", "v1"),
    JOB("job", "jobs", "batch", "v1"),
    CRON_JOB("cronjob", "cronjobs", "batch", "v1"),
    SERVICE("service", "services", "", "v1"),
    ROLLOUT("rollout", "rollouts", "argoproj.io", "v1alpha1"),
    /** No object: the pods that a selector finds. */
    LABEL("label", "pods", "", "v1");

    private final String word;
    private final String plural;
    private final String group;
    private final String version;

    WorkloadKind(String word, String plural, String group, String version) {
        this.word = word;
        this.plural = plural;
        this.group = group;
        this.version = version;
    }

    /** In a target's path and in messages. */
    public String word() {
        return word;
    }

    String plural() {
        return plural;
    }

    /** As RBAC and kubectl name it: {@code deployments.apps}. */
    String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    String path(String namespace) {
        return path(Optional.of(namespace));
    }

    /**
     * @param namespace empty: all
     */
    String path(Optional<String> namespace) {
        return (group.isEmpty() ? "/api/" : "/apis/" + group + "/")
                + version
                + namespace.map(name -> "/namespaces/" + name).orElse("")
                + "/"
                + plural;
    }
}
