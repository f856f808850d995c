package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.source.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The override file for the services with {@code x-mirrord}. It holds nothing of this machine, of
 * this moment or of a session: the same project and images give the same bytes.
 */
final class OverrideFile {
    private static final String HEAD =
            """
            # Made by 'docker mirrord override'. Make it again when services with x-mirrord or
            # their images change.
            services:
            """;

    private final Project project;
    private final ImageLookup images;
    private final Function<List<String>, Optional<Location>> places;

    /** What the engine says of a service's image. */
    @FunctionalInterface
    interface ImageLookup {
        /**
         * @throws ComposeFailure when it is not there
         */
        JsonNode config(String service, String image);
    }

    /**
     * @param places where the files have the value at a path
     */
    OverrideFile(
            Project project,
            ImageLookup images,
            Function<List<String>, Optional<Location>> places) {
        this.project = project;
        this.images = images;
        this.places = places;
    }

    String text() {
        List<ServiceOverride> services = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each : project.raw().path("services").properties()) {
            if (each.getValue().has(ContextConfig.KEY)) {
                services.add(service(each.getKey(), each.getValue()));
            }
        }
        if (services.isEmpty()) {
            throw new ComposeFailure(
                    "no service of the project has x-mirrord: give one x-mirrord: {target:"
                            + " deployment/NAME}");
        }
        PublishedPorts.check(
                project.resolved(), services.stream().map(ServiceOverride::name).toList());
        YamlText out = new YamlText(HEAD);
        services.forEach(each -> each.writeServices(out));
        out.line(0, "volumes:");
        services.forEach(each -> each.writeVolume(out));
        return out.toString();
    }

    private ServiceOverride service(String name, JsonNode service) {
        JsonNode own = service.path(ContextConfig.KEY);
        if (!own.isObject()) {
            throw new ComposeFailure(
                    place(List.of("services", name, ContextConfig.KEY))
                            + ": x-mirrord of service %s has to be a mapping, as {target: deployment/web}"
                                    .formatted(name));
        }
        return new ServiceOverride(
                name,
                service,
                project.resolved().path("services").path(name),
                ContextConfig.merged(project.raw().path(ContextConfig.KEY), own),
                image -> images.config(name, project.imageOf(name)),
                path -> placeOf(name, path),
                key -> place(List.of("services", name, key)));
    }

    /** Of a value of the configuration: the service's own, else the project's default. */
    private Location placeOf(String service, List<String> path) {
        List<List<String>> written = new ArrayList<>();
        written.add(path);
        if (path.size() == 2 && path.getFirst().equals("target")) {
            written.add(List.of(path.get(1))); // namespace: beside target:
            written.add(List.of("target")); // target: deployment/web
        }
        for (List<String> base :
                List.of(
                        List.of("services", service, ContextConfig.KEY),
                        List.of(ContextConfig.KEY))) {
            for (List<String> each : written) {
                List<String> whole = new ArrayList<>(base);
                whole.addAll(each);
                Optional<Location> found = places.apply(whole);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        return Location.of("x-mirrord of service " + service);
    }

    private Location place(List<String> path) {
        return places.apply(path).orElse(Location.of("service " + path.get(1)));
    }
}
