package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.DnsConfig;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.source.Location;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.Targets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Names that services of the project and of the cluster share: a service in a context reaches the
 * project's by it.
 */
final class NameClashes {
    private static final int SECONDS = 3;

    private NameClashes() {}

    /** Asks the cluster in the background; a cluster that cannot be asked has no clash. */
    static CompletableFuture<Optional<String>> find(Project project) {
        if (project.raw().path("services").size() < 2) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.supplyAsync(
                        () -> sentence(project, Targets::services),
                        task -> Thread.ofPlatform().daemon().name("mirrord-names").start(task))
                .completeOnTimeout(Optional.empty(), SECONDS, TimeUnit.SECONDS)
                // What is wrong with the cluster, the provider says.
                .exceptionally(_ -> Optional.empty());
    }

    /**
     * One line for all services in a context; empty when no name is shared.
     *
     * @param cluster what a configuration's namespace has
     */
    static Optional<String> sentence(
            Project project, Function<MirrordConfig, Targets.Services> cluster) {
        Map<String, Targets.Services> asked = new LinkedHashMap<>();
        Set<String> shared = new TreeSet<>();
        Set<String> theirs = new TreeSet<>();
        for (Map.Entry<String, JsonNode> each : project.raw().path("services").properties()) {
            Optional<MirrordConfig> config = configuration(project, each.getValue());
            if (config.isEmpty() || !dockerWins(config.get())) {
                continue;
            }
            Targets.Services services =
                    asked.computeIfAbsent(
                            config.get().kubernetes() + " " + config.get().namespace(),
                            _ -> cluster.apply(config.get()));
            project.raw()
                    .path("services")
                    .fieldNames()
                    .forEachRemaining(
                            name -> {
                                // Its own name is its own, as without us.
                                if (!name.equals(each.getKey())
                                        && services.names().contains(name)) {
                                    shared.add(name);
                                    theirs.add(name + "." + services.namespace());
                                }
                            });
        }
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%s: both this project and the cluster have a service of that name; the project's is reached by it, the cluster's by %s (feature.network.dns.docker_names: false leaves all names to the cluster)"
                                .formatted(String.join(", ", shared), String.join(", ", theirs)));
    }

    private static Optional<MirrordConfig> configuration(Project project, JsonNode service) {
        if (!service.path(ContextConfig.KEY).isObject()) {
            return Optional.empty();
        }
        ObjectNode merged =
                ContextConfig.merged(
                        project.raw().path(ContextConfig.KEY), service.path(ContextConfig.KEY));
        if (ContextConfig.hasVariables(merged)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ContextConfig.load(merged, path -> Location.of("x-mirrord")));
        } catch (ComposeFailure | SessionFailure e) {
            return Optional.empty(); // Said with its place, by who writes the override file.
        }
    }

    private static boolean dockerWins(MirrordConfig config) {
        DnsConfig dns = config.feature().network().dns();
        return dns.enabled() && dns.dockerNames();
    }
}
