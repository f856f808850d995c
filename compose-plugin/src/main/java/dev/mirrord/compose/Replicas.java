package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many containers each service in a context has. Compose would put all of a service's into one
 * network namespace; so each but the first is a service of its own, {@code NAME-2} and so on.
 *
 * @param counts of those with another number than one
 */
record Replicas(Map<String, Integer> counts) {
    /** Where the override file has them. */
    private static final String KEY = "x-mirrord-replicas";

    /** Verbs that scale what they are for as the files say. */
    private static final Set<String> SCALING = Set.of("up", "create");

    Replicas {
        counts = Map.copyOf(counts);
    }

    /** Those of an override file. */
    static Replicas in(String override) {
        Map<String, Integer> counts = new TreeMap<>();
        override.lines()
                .filter(line -> line.startsWith(KEY + ": "))
                .map(line -> Docker.parse(line.substring(KEY.length() + 2)))
                .flatMap(found -> found.properties().stream())
                .forEach(each -> counts.put(each.getKey(), each.getValue().asInt()));
        return new Replicas(counts);
    }

    /** Those of the project's files alone. */
    static Replicas of(Project project) {
        return of(project, new ComposeLine(List.of(), List.of("up")), new Replicas(Map.of()));
    }

    /**
     * Those that a command line leaves.
     *
     * @param before those that are there, for services that it is not about
     */
    static Replicas of(Project project, ComposeLine line, Replicas before) {
        Map<String, Integer> asked = ReplicaLine.scales(line.command());
        List<String> named =
                line.command().stream()
                        .filter(word -> project.raw().path("services").has(word))
                        .toList();
        Map<String, Integer> counts = new TreeMap<>();
        for (String service : project.inContext()) {
            boolean scaled =
                    SCALING.contains(line.verb()) && (named.isEmpty() || named.contains(service));
            int written = written(project.resolved().path("services").path(service));
            int usual = scaled ? written : before.counts.getOrDefault(service, written);
            int count = asked.getOrDefault(service, usual);
            if (count != 1) {
                counts.put(service, count);
            }
        }
        return new Replicas(counts);
    }

    private static int written(JsonNode service) {
        return service.path("scale").asInt(service.path("deploy").path("replicas").asInt(1));
    }

    /** One for a service that is not scaled. */
    int count(String service) {
        return counts.getOrDefault(service, 1);
    }

    /** What compose knows the containers of a service by; the first has its name. */
    List<String> names(String service) {
        List<String> names = new ArrayList<>(List.of(service));
        for (int number = 2; number <= count(service); number++) {
            names.add(name(service, number));
        }
        return names;
    }

    /** Of all of {@code services}. */
    List<String> names(Collection<String> services) {
        return services.stream().flatMap(each -> names(each).stream()).toList();
    }

    static String name(String service, int number) {
        return number == 1 ? service : service + "-" + number;
    }

    /** Names of replicas that {@code later} has no more. */
    List<String> beyond(Replicas later) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Integer> each : counts.entrySet()) {
            int first = Math.max(2, later.count(each.getKey()) + 1);
            for (int number = first; number <= each.getValue(); number++) {
                names.add(name(each.getKey(), number));
            }
        }
        return names;
    }

    void write(YamlText out) {
        ObjectNode written = Docker.JSON.createObjectNode();
        new TreeMap<>(counts).forEach(written::put);
        if (!written.isEmpty()) {
            out.field(0, KEY, written);
        }
    }
}
