package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a shell may offer while an option's value is typed; failures are for the caller to hide. */
public final class Suggestions {
    private Suggestions() {}

    /** Kinds until one is typed, then the names that there are. */
    public static List<String> targets(ClusterChoice choice, String typed) {
        int slash = typed.indexOf('/');
        if (slash < 0) {
            return Stream.concat(
                            Targets.kinds().stream().map(kind -> kind + "/"),
                            Stream.of("label/", "targetless"))
                    .toList();
        }
        String kind = typed.substring(0, slash);
        if (!Targets.kinds().contains(kind)) {
            return List.of();
        }
        return Targets.list(choice, false, Optional.of(kind)).lines().stream()
                .map(Targets.Line::path)
                .toList();
    }

    public static List<String> namespaces(ClusterChoice choice) {
        try (Cluster cluster = Cluster.open(choice.options())) {
            List<String> names = new ArrayList<>();
            JsonNode table = cluster.api().table("/api/v1/namespaces?includeObject=None").json();
            table.path("rows").forEach(row -> names.add(row.path("cells").path(0).asText()));
            return names;
        }
    }

    public static List<String> contexts(ClusterChoice choice) {
        return Cluster.contexts(choice.options());
    }
}
