package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Values that were set, each with its origin; a later source replaces an earlier one's. */
final class Settings {
    private final Map<Key<?>, Setting<?>> values = new LinkedHashMap<>();

    /**
     * @param origin {@code mirrord.json:3:9}, {@code MIRRORD_KEY}, {@code --key}
     */
    private record Setting<T>(T value, Object written, String origin) {}

    <T> void put(Key<T> key, T value, String origin) {
        put(key, value, value, origin);
    }

    /**
     * @param written the value's source, a {@link Value} or a text
     */
    <T> void put(Key<T> key, T value, Object written, String origin) {
        values.put(key, new Setting<>(value, written, origin));
    }

    Set<Key<?>> keys() {
        return values.keySet();
    }

    /** The value for people: plain Java objects as in a JSON file. */
    Object shown(Key<?> key) {
        Setting<?> setting = Objects.requireNonNull(values.get(key), key.path());
        return Plain.of(key.type().isKeptAsWritten() ? setting.value() : setting.written());
    }

    String origin(Key<?> key) {
        return Objects.requireNonNull(values.get(key), key.path()).origin();
    }

    @SuppressWarnings("unchecked") // put() pairs a key with a value of its type
    <T> Optional<T> find(Key<T> key) {
        return Optional.ofNullable((Setting<T>) values.get(key)).map(Setting::value);
    }

    <T> T get(Key<T> key, T otherwise) {
        return find(key).orElse(otherwise);
    }

    <E> List<E> list(Key<List<E>> key) {
        return get(key, List.of());
    }

    Map<String, String> map(Key<SequencedMap<String, String>> key) {
        return find(key).<Map<String, String>>map(m -> m).orElse(Map.of());
    }

    boolean has(Key<?> key) {
        return values.containsKey(key);
    }

    /** For messages: {@code mirrord.json:3:9: feature.network.dns.enabled}. */
    String place(Key<?> key) {
        Setting<?> setting = values.get(key);
        return setting == null ? key.path() : setting.origin() + ": " + key.path();
    }
}
