package dev.mirrord.compose;

import dev.mirrord.config.source.Document;
import dev.mirrord.config.source.Format;
import dev.mirrord.config.source.Location;
import dev.mirrord.config.source.SyntaxException;
import dev.mirrord.config.source.Value;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The project's files as compose chooses them: {@code -f}, else COMPOSE_FILE of the environment or
 * of {@code .env}, else the first of the usual names in the directory or one above it, and the
 * override beside it.
 */
record ComposeFiles(List<Path> files) {
    private static final List<String> NAMES =
            List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");
    private static final List<String> OVERRIDES =
            List.of(
                    "compose.override.yaml",
                    "compose.override.yml",
                    "docker-compose.override.yml",
                    "docker-compose.override.yaml");
    private static final String VARIABLE = "COMPOSE_FILE";

    ComposeFiles {
        files = List.copyOf(files);
    }

    static ComposeFiles of(ComposeLine line, Path directory, Map<String, String> environment) {
        List<Path> chosen = line.values("-f", "--file").stream().map(Path::of).toList();
        if (!chosen.isEmpty()) {
            return new ComposeFiles(chosen);
        }
        String separator = environment.getOrDefault("COMPOSE_PATH_SEPARATOR", File.pathSeparator);
        @Nullable Path found = directory;
        while (found != null && NAMES.stream().map(found::resolve).noneMatch(Files::exists)) {
            found = found.getParent();
        }
        Path place = found == null ? directory : found;
        String named = environment.getOrDefault(VARIABLE, dotEnv(place.resolve(".env")).orElse(""));
        if (!named.isEmpty()) {
            return new ComposeFiles(
                    Arrays.stream(named.split(java.util.regex.Pattern.quote(separator), -1))
                            .map(Path::of)
                            .toList());
        }
        List<Path> usual = new ArrayList<>();
        for (List<String> names : List.of(NAMES, OVERRIDES)) {
            names.stream()
                    .map(place::resolve)
                    .filter(Files::exists)
                    .findFirst()
                    .map(file -> place.equals(directory) ? file.getFileName() : file)
                    .ifPresent(usual::add);
        }
        return new ComposeFiles(usual);
    }

    /** Where the last of the files has the value at {@code path}; empty if none has it. */
    Optional<Location> find(List<String> path) {
        return files.reversed().stream().flatMap(file -> find(file, path).stream()).findFirst();
    }

    private static Optional<Location> find(Path file, List<String> path) {
        try {
            Value value = Document.parse(file.toString(), Format.YAML, Files.readString(file));
            for (String key : path) {
                if (!(value instanceof Value.Table table) || !table.entries().containsKey(key)) {
                    return Optional.empty();
                }
                value = table.entries().get(key);
            }
            return Optional.of(value.location());
        } catch (IOException | SyntaxException e) {
            return Optional.empty(); // Compose has read it, or says itself why it cannot.
        }
    }

    private static Optional<String> dotEnv(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(VARIABLE + "="))
                    .map(line -> line.substring(VARIABLE.length() + 1).strip().replace("\"", ""))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
