package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Values as a JSON file would have them: strings, numbers, booleans, lists, maps. */
final class Plain {
    private Plain() {}

    static Object of(Object value) {
        return switch (value) {
            case Value written -> written(written);
            case Boolean bool -> bool;
            case Number number -> number;
            case Capability capability -> capability.name();
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            case Target target -> target.path();
            case Collection<?> list -> list.stream().map(Plain::of).toList();
            case Map<?, ?> map -> map(map);
            default -> value.toString();
        };
    }

    private static Object map(Map<?, ?> map) {
        // Pairs of ports are a list of lists.
        if (map.keySet().stream().anyMatch(Integer.class::isInstance)) {
            return map.entrySet().stream()
                    .map(pair -> List.of(pair.getKey(), pair.getValue()))
                    .toList();
        }
        Map<String, Object> plain = new LinkedHashMap<>();
        map.forEach((key, value) -> plain.put(key.toString(), of(value)));
        return plain;
    }

    private static Object written(Value value) {
        return switch (value) {
            case Value.Absent _ -> "";
            case Value.Bool bool -> bool.value();
            case Value.Numeral numeral -> number(numeral.text());
            case Value.Text text -> text.value();
            case Value.Sequence sequence -> sequence.items().stream().map(Plain::written).toList();
            case Value.Table table -> table(table);
        };
    }

    /** Without what is null: as if it were not there. */
    static Map<String, Object> table(Value.Table table) {
        Map<String, Object> plain = new LinkedHashMap<>();
        table.entries()
                .forEach(
                        (name, item) -> {
                            if (!(item instanceof Value.Absent)) {
                                plain.put(name, written(item));
                            }
                        });
        return plain;
    }

    private static Number number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return new BigDecimal(text);
        }
    }
}
