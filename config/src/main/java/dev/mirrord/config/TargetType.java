package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A target as a path or as {@code {"deployment": "web", "container": "app"}}. */
final class TargetType implements Type<Target> {
    @Override
    public Target read(Value value) throws WrongValue {
        try {
            return switch (value) {
                case Value.Text text -> TargetPath.parse(text.value());
                case Value.Table table -> object(table);
                default -> throw Type.wrong(value, "a string as \"deployment/web\" or an object");
            };
        } catch (IllegalArgumentException e) {
            throw new WrongValue(value.location(), "cannot be used: " + e.getMessage());
        }
    }

    @Override
    public Target parse(String text) throws WrongValue {
        try {
            return TargetPath.parse(text);
        } catch (IllegalArgumentException e) {
            throw new WrongValue("cannot be used: " + e.getMessage());
        }
    }

    private static Target object(Value.Table table) throws WrongValue {
        List<String> known =
                Stream.concat(
                                Arrays.stream(Target.Kind.values()).map(Target.Kind::key),
                                Stream.of("container"))
                        .toList();
        Optional<String> container = Optional.empty();
        Target.Kind kind = null;
        String name = "";
        for (var entry : table.entries().entrySet()) {
            String key = entry.getKey();
            if (!known.contains(key)) {
                throw new WrongValue(
                        entry.getValue().location(),
                        "has an unknown key \"" + key + "\"; nearest: " + Nearest.of(key, known));
            }
            if (entry.getValue() instanceof Value.Absent) {
                continue;
            }
            String text = text(key, entry.getValue());
            if (key.equals("container")) {
                container = Optional.of(text);
            } else if (kind != null) {
                throw new WrongValue(
                        entry.getValue().location(), "names both " + kind.key() + " and " + key);
            } else {
                kind = kind(key);
                name = text;
            }
        }
        if (kind == null) {
            throw new WrongValue(
                    table.location(), "names no target: give one of " + String.join(", ", known));
        }
        return TargetPath.workload(kind.word() + "/" + name, kind, name, container);
    }

    private static Target.Kind kind(String key) {
        return Arrays.stream(Target.Kind.values())
                .filter(kind -> kind.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** {@code labels} may be an object; all others are strings. */
    private static String text(String key, Value value) throws WrongValue {
        if (key.equals(Target.Kind.LABEL.key()) && value instanceof Value.Table) {
            return String.join(
                    ",",
                    Structures.STRING_MAP.read(value).entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .toList());
        }
        if (value instanceof Value.Text text) {
            return text.value();
        }
        throw new WrongValue(
                value.location(), "must hold strings, but \"" + key + "\" is " + value.describe());
    }

    @Override
    public Shape shape() {
        return new Shape.Either(new Shape.Text(), object());
    }

    /** The form of an object that names a target. */
    static Shape.Fields object() {
        Map<String, Shape> fields = new LinkedHashMap<>();
        for (Target.Kind kind : Target.Kind.values()) {
            boolean labels = kind == Target.Kind.LABEL;
            fields.put(
                    kind.key(),
                    labels
                            ? new Shape.Either(new Shape.Text(), new Shape.Strings())
                            : new Shape.Text());
        }
        fields.put("container", new Shape.Text());
        return new Shape.Fields(fields, List.of());
    }
}
