package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.source.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    private final Replicas replicas;
    private final ImageLookup images;
    private final Function<List<String>, Optional<Location>> places;
    private @Nullable JsonNode written;

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
            Replicas replicas,
            ImageLookup images,
            Function<List<String>, Optional<Location>> places) {
        this.project = project;
        this.replicas = replicas;
        this.images = images;
        this.places = places;
    }

    String text() {
        List<ServiceOverride> services = new ArrayList<>();
        for (String name : project.inContext()) {
            services.add(service(name, project.raw().path("services").path(name)));
        }
        if (services.isEmpty()) {
            throw new ComposeFailure(
                    "no service of the project has x-mirrord: give one x-mirrord: {target:"
                            + " deployment/NAME}");
        }
        PublishedPorts.check(
                project.resolved(), services.stream().map(ServiceOverride::name).toList());
        YamlText out = new YamlText(HEAD);
        List<ServiceOverride> all = new ArrayList<>();
        for (ServiceOverride each : services) {
            each.writeServices(out);
            all.add(each);
            for (int number = 2; number <= replicas.count(each.name()); number++) {
                ServiceOverride replica = each.replica(number);
                replica.writeServices(out, definition(each.name()));
                all.add(replica);
            }
        }
        out.line(0, "volumes:");
        all.forEach(each -> each.writeVolume(out));
        replicas.write(out);
        return out.toString();
    }

    /** What a replica is a copy of. */
    private JsonNode definition(String name) {
        JsonNode service = written(name);
        if (service.hasNonNull("container_name")) {
            throw new ComposeFailure(
                    place(List.of("services", name, "container_name"))
                            + ": service %s has a container_name, so it cannot have replicas: remove one of them"
                                    .formatted(name));
        }
        for (String replica : replicas.names(name).subList(1, replicas.count(name))) {
            if (project.raw().path("services").has(replica)) {
                throw new ComposeFailure(
                        "service %s needs the name %s for a replica, and the project has a service of that name: rename it"
                                .formatted(name, replica));
            }
        }
        PublishedPorts.checkReplicated(name, project.resolved().path("services").path(name));
        return service;
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

    /** One question, and only if there are replicas. */
    private JsonNode written(String name) {
        if (written == null) {
            written = project.written().get();
        }
        return written.path("services").path(name);
    }

    private Location place(List<String> path) {
        return places.apply(path).orElse(Location.of("service " + path.get(1)));
    }
}
