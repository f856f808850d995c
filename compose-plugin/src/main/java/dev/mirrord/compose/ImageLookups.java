package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks images up on the engine, and has compose build or pull those that are missing. */
final class ImageLookups implements OverrideFile.ImageLookup {
    private final ComposeLine line;
    private final boolean building;
    private final Set<String> made = new HashSet<>();

    /**
     * @param building even if they are there
     */
    ImageLookups(ComposeLine line, boolean building) {
        this.line = line;
        this.building = building;
    }

    static JsonNode require(String service, String image) {
        return find(image)
                .orElseThrow(
                        () ->
                                new ComposeFailure(
                                        "image %s of service %s is not on the engine, and what it runs has to be known: docker compose build (or pull) %s"
                                                .formatted(image, service, service)));
    }

    @Override
    public JsonNode config(String service, String image) {
        if (made.add(service) && (building || find(image).isEmpty())) {
            // A service without build: is pulled, one with it is built; each command skips others.
            compose("build", service);
            if (find(image).isEmpty()) {
                compose("pull", service);
            }
        }
        return require(service, image);
    }

    private void compose(String verb, String service) {
        List<String> words = new ArrayList<>(List.of("compose"));
        words.addAll(line.options());
        words.addAll(List.of(verb, service));
        try {
            Process process =
                    new ProcessBuilder(Docker.line(words))
                            .inheritIO()
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor() != 0) {
                throw new ComposeFailure(
                        "docker compose %s %s failed; its own words are above"
                                .formatted(verb, service));
            }
        } catch (IOException e) {
            throw new ComposeFailure("cannot run docker: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<JsonNode> find(String image) {
        return Docker.ask(true, List.of("image", "inspect", "--format", "{{json .Config}}", image))
                .map(Docker::parse);
    }
}
