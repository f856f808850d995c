package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A project as compose reads it, all profiles in it.
 *
 * @param raw with its variables unresolved, as the override file has to have them
 * @param resolved with their values of now; what is in it must not get into the override file
 * @param written asks for it as it is written: paths and files of variables unresolved too
 */
record Project(JsonNode raw, JsonNode resolved, Supplier<JsonNode> written) {
    static Project read(ComposeLine line) {
        // What is wrong is said once: by the one that resolves variables too.
        CompletableFuture<Optional<String>> raw =
                Docker.begin(true, words(line, "--no-interpolate"));
        JsonNode resolved = parse(Docker.ask(false, words(line)));
        return new Project(
                parse(raw.join()),
                resolved,
                () ->
                        parse(
                                Docker.ask(
                                        false,
                                        words(
                                                line,
                                                "--no-interpolate",
                                                "--no-path-resolution",
                                                "--no-env-resolution"))));
    }

    /** Services with {@code x-mirrord}. */
    List<String> inContext() {
        return raw.path("services").properties().stream()
                .filter(each -> each.getValue().has(ContextConfig.KEY))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> words(ComposeLine line, String... more) {
        List<String> words = new ArrayList<>(List.of("compose"));
        words.addAll(line.options());
        words.addAll(List.of("--profile", "*", "config", "--format", "json"));
        words.addAll(List.of(more));
        return words;
    }

    private static JsonNode parse(Optional<String> text) {
        return Docker.parse(
                text.orElseThrow(
                        () ->
                                new ComposeFailure(
                                        "docker compose config failed; its own words are above")));
    }

    String imageOf(String service) {
        String image = resolved.path("services").path(service).path("image").asText("");
        return image.isEmpty() ? resolved.path("name").asText() + "-" + service : image;
    }
}
