package dev.mirrord.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What people read about each option; not loaded by a session. */
final class KeyNotes {
    private static final String RESOURCE = "keys.txt";
    private static final String NONE = "none";

    private final Map<String, Note> notes;

    /**
     * @param standard the default as written in a JSON file; empty: not set
     */
    record Note(Optional<String> standard, String meaning) {}

    private KeyNotes(Map<String, Note> notes) {
        this.notes = notes;
    }

    static KeyNotes load() {
        Map<String, Note> notes = new LinkedHashMap<>();
        text().lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> line.split(" \\| ", 3))
                .forEach(
                        parts ->
                                notes.put(
                                        parts[0],
                                        new Note(
                                                Optional.of(parts[1]).filter(s -> !s.equals(NONE)),
                                                parts[2])));
        return new KeyNotes(notes);
    }

    Map<String, Note> all() {
        return notes;
    }

    Note of(Key<?> key) {
        return Objects.requireNonNull(notes.get(key.path()), key.path());
    }

    private static String text() {
        try (InputStream resource = KeyNotes.class.getResourceAsStream(RESOURCE)) {
            return new String(
                    Objects.requireNonNull(resource, RESOURCE).readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
