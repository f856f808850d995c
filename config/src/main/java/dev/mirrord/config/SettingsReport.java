package dev.mirrord.config;

import dev.mirrord.config.source.Document;
import dev.mirrord.config.source.Format;
import dev.mirrord.config.source.SyntaxException;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What holds, and where it comes from.
 *
 * @param warnings one sentence each, for the user
 */
public record SettingsReport(List<Line> lines, List<String> warnings) {
    private static final String DEFAULT = "default";

    public SettingsReport {
        lines = List.copyOf(lines);
        warnings = List.copyOf(warnings);
    }

    /**
     * @param value plain Java objects as in a JSON file
     * @param origin {@code mirrord.json:3:9}, {@code MIRRORD_KEY}, {@code --key}, {@code default}
     */
    public record Line(String path, Object value, String origin) {}

    static SettingsReport of(Settings settings, boolean withDefaults, List<String> warnings) {
        KeyNotes notes = KeyNotes.load();
        List<Line> lines = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            if (settings.has(key)) {
                lines.add(new Line(key.path(), settings.shown(key), settings.origin(key)));
            } else if (withDefaults) {
                notes.of(key)
                        .standard()
                        .ifPresent(text -> lines.add(new Line(key.path(), parsed(text), DEFAULT)));
            }
        }
        return new SettingsReport(lines, warnings);
    }

    /** The keys in groups, as a configuration file has them. */
    public Map<String, Object> grouped() {
        Map<String, Object> grouped = new LinkedHashMap<>();
        lines.forEach(each -> put(grouped, each.path(), each.value()));
        return grouped;
    }

    @SuppressWarnings("unchecked") // Groups are maps; a key that has a value has no keys below it.
    private static void put(Map<String, Object> group, String path, Object value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            group.put(path, value);
        } else {
            Map<String, Object> below =
                    (Map<String, Object>)
                            group.computeIfAbsent(
                                    path.substring(0, dot), _ -> new LinkedHashMap<>());
            put(below, path.substring(dot + 1), value);
        }
    }

    private static Object parsed(String standard) {
        try {
            Value.Table table =
                    Document.parse("default", Format.JSON, "{\"value\": " + standard + "}");
            return Objects.requireNonNull(Plain.table(table).get("value"));
        } catch (SyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
