package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.Nearest;
import dev.mirrord.session.ComposeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A context from a front end, as {@code mirrord container -t … -- docker compose …} has it: the
 * chosen services are in it as if it were in their {@code x-mirrord}.
 *
 * @param services the chosen ones; empty: all that would run
 * @param docker program and options of docker's own, as they were typed
 * @param quiet true to say nothing but failures
 */
record GivenContext(ObjectNode config, List<String> services, List<String> docker, boolean quiet) {
    GivenContext {
        services = List.copyOf(services);
        docker = List.copyOf(docker);
    }

    static Optional<GivenContext> ofProcess() {
        return Optional.ofNullable(System.getenv(ComposeContext.VARIABLE)).map(GivenContext::of);
    }

    static GivenContext of(String text) {
        JsonNode given = Docker.parse(text);
        ObjectNode config = Docker.JSON.createObjectNode();
        config.setAll((ObjectNode) given.path("config"));
        return new GivenContext(
                config,
                texts(given.path("services")),
                texts(given.path("docker")),
                given.path("quiet").asBoolean());
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /**
     * The project with it.
     *
     * @param running services that would run; asked only if none was chosen
     */
    Project in(Project project, Supplier<Set<String>> running) {
        JsonNode all = project.raw().path("services");
        Set<String> known = new TreeSet<>();
        all.fieldNames().forEachRemaining(known::add);
        services.forEach(service -> check(service, all.path(service), known));
        Set<String> chosen =
                services.isEmpty()
                        ? running.get().stream()
                                .filter(each -> !all.path(each).has("provider"))
                                .collect(Collectors.toSet())
                        : Set.copyOf(services);
        ObjectNode raw = project.raw().deepCopy();
        for (Map.Entry<String, JsonNode> each : all.properties()) {
            if (chosen.contains(each.getKey())) {
                refuseForeignNetwork(each.getKey(), each.getValue());
                JsonNode own = each.getValue().path(ContextConfig.KEY);
                ((ObjectNode) raw.path("services").path(each.getKey()))
                        .set(ContextConfig.KEY, ContextConfig.merged(own, config));
            }
        }
        return new Project(raw, project.resolved(), project.written());
    }

    private static void check(String name, JsonNode service, Set<String> known) {
        if (service.isMissingNode()) {
            throw new ComposeFailure(
                    "--service %s: the project has no such service%s; it has: %s"
                            .formatted(
                                    name,
                                    Nearest.near(name, known)
                                            .map(near -> "; did you mean " + near + "?")
                                            .orElse(""),
                                    String.join(", ", known)));
        }
        if (service.has("provider")) {
            throw new ComposeFailure(
                    "--service %s: a provider serves it, so it has no container to run in a context"
                            .formatted(name));
        }
    }

    private static void refuseForeignNetwork(String name, JsonNode service) {
        if (service.has("network_mode")) {
            throw new ComposeFailure(
                    "service %s has network_mode, and in a context its network would be the sidecar's: choose other services with --service"
                            .formatted(name));
        }
    }
}
