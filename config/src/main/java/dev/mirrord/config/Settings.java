package dev.mirrord.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Values that were set, each with its origin; a later source replaces an earlier one's. */
final class Settings {
    private final Map<Key<?>, Setting<?>> values = new LinkedHashMap<>();

    /**
     * @param origin {@code mirrord.json:3:9}, {@code MIRRORD_KEY}, {@code --key}
     */
    record Setting<T>(T value, String origin) {}

    <T> void put(Key<T> key, T value, String origin) {
        values.put(key, new Setting<>(value, origin));
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
