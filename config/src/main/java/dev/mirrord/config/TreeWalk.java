package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the key of every value of a file. */
final class TreeWalk {
    private final Settings settings;
    private final Problems problems;
    private final List<String> known =
            Stream.concat(Keys.all().stream().map(Key::path), NotImplemented.paths()).toList();

    TreeWalk(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    void walk(Value.Table root) {
        root.entries()
                .forEach(
                        (name, value) -> {
                            if (!name.equals("$schema")) {
                                walk(
                                        name,
                                        name.equals("target") ? Shorthands.target(value) : value);
                            }
                        });
    }

    private void walk(String path, Value value) {
        Optional<NotImplemented.Entry> refused = NotImplemented.at(path);
        if (refused.isPresent()) {
            refused.get().judge(value, value.location().toString(), problems);
            return;
        }
        boolean group = known.stream().anyMatch(k -> k.startsWith(path + "."));
        Optional<Key<?>> key = Keys.at(path);
        if (!group && key.isEmpty()) {
            problems.error(
                    value.location()
                            + ": unknown key "
                            + path
                            + "; the nearest known one is "
                            + nearest(path));
        } else if (value instanceof Value.Absent) {
            return;
        } else if (group && value instanceof Value.Table table) {
            for (Map.Entry<String, Value> entry : table.entries().entrySet()) {
                walk(path + "." + entry.getKey(), entry.getValue());
            }
        } else {
            read(path, key, value);
        }
    }

    private void read(String path, Optional<Key<?>> key, Value value) {
        try {
            if (Shorthands.put(path, value, settings)) {
                return;
            }
            if (key.isEmpty()) {
                throw Type.wrong(value, expected(path));
            }
            put(key.get(), value);
        } catch (WrongValue e) {
            problems.error(
                    e.location().orElse(value.location()) + ": " + path + " " + e.getMessage());
        }
    }

    private static String expected(String path) {
        return Shorthands.at(path)
                .map(shape -> shape.words() + ", or an object")
                .orElse("an object");
    }

    private <T> void put(Key<T> key, Value value) throws WrongValue {
        settings.put(key, key.type().read(value), value, value.location().toString());
    }

    /**
     * Among the neighbours if one looks alike, else the same name elsewhere, else any neighbour.
     */
    private String nearest(String path) {
        int dot = path.lastIndexOf('.');
        String parent = path.substring(0, dot + 1);
        String name = path.substring(dot + 1);
        List<String> neighbours =
                known.stream()
                        .filter(k -> k.startsWith(parent))
                        .map(k -> k.substring(parent.length()).replaceFirst("\\..*", ""))
                        .distinct()
                        .toList();
        String neighbour = Nearest.of(name, neighbours);
        if (Nearest.distance(name, neighbour) <= Math.max(1, name.length() / 3)) {
            return parent + neighbour;
        }
        return known.stream()
                .filter(k -> (k + ".").contains("." + name + "."))
                .map(k -> k.substring(0, (k + ".").indexOf("." + name + ".") + name.length() + 1))
                .findFirst()
                .orElse(parent + neighbour);
    }
}
