package dev.mirrord.session.kubernetes.target;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.NearestName;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a session stands in for, as the user named it. */
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

    /** DNS-1123 subdomain, as the API server has it. */
    Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    List<String> KINDS = List.of("pod", "deployment", "deploy", "targetless");

    /** Kinds that this version knows of but cannot resolve. */
    List<String> LATER =
            List.of(
                    "statefulset",
                    "replicaset",
                    "daemonset",
                    "job",
                    "cronjob",
                    "service",
                    "rollout",
                    "label");

    String FORMS =
            "write targetless, pod/NAME or deployment/NAME, each of the last two optionally with"
                    + " /container/CONTAINER";

    /**
     * @throws ClusterFailure if {@code text} is not a target
     */
    static Target parse(String text) {
        if ("targetless".equals(text)) {
            return new Targetless();
        }
        String[] parts = text.split("/", -1);
        String kind = parts[0];
        switch (kind) {
            case "pod", "deployment", "deploy" -> {
                // read below
            }
            default -> throw unknownKind(text, kind);
        }
        boolean shaped = parts.length == 2 || (parts.length == 4 && "container".equals(parts[2]));
        if (!shaped) {
            throw malformed(text, why(parts));
        }
        for (int index = 1; index < parts.length; index += 2) {
            if (!NAME.matcher(parts[index]).matches()) {
                throw malformed(
                        text,
                        parts[index].isEmpty()
                                ? "a name is missing"
                                : "'" + parts[index] + "' is not a Kubernetes name");
            }
        }
        String container = parts.length == 4 ? parts[3] : null;
        return "pod".equals(kind)
                ? new Pod(parts[1], container)
                : new Deployment(parts[1], container);
    }

    private static String why(String[] parts) {
        if (parts.length == 1) {
            return "the name is missing";
        }
        if (parts.length == 3 && "container".equals(parts[2])) {
            return "the container's name is missing";
        }
        return parts[2].isEmpty()
                ? "there is a slash too many"
                : "'" + parts[2] + "' stands where only 'container' may";
    }

    private static ClusterFailure unknownKind(String text, String kind) {
        if (LATER.contains(kind)) {
            return malformed(text, "targets of kind " + kind + " are not supported yet");
        }
        String meant = NearestName.sort(kind, KINDS).getFirst();
        if (!text.contains("/")) {
            return malformed(text, "a kind is missing: did you mean deployment/" + text + "?");
        }
        return malformed(text, "unknown kind '" + kind + "', did you mean " + meant + "?");
    }

    private static ClusterFailure malformed(String text, String why) {
        return new ClusterFailure(
                Kind.CONFIGURATION, "target '" + text + "' cannot be understood", why, FORMS);
    }

    private static String suffix(@Nullable String container) {
        return container == null ? "" : "/container/" + container;
    }
}
