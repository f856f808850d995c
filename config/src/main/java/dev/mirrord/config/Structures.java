package dev.mirrord.config;

import dev.mirrord.config.files.FilePolicy;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Types with objects or pairs; they exist in files only. */
final class Structures {
    static final Type<SequencedMap<String, String>> STRING_MAP = new StringMap();
    static final Type<SequencedMap<String, String>> PATTERN_MAP = new PatternMap();
    static final Type<SequencedMap<String, String>> EXPRESSION_MAP = new ExpressionMap();
    static final Type<Map<String, Object>> KUBERNETES_OBJECT = new KubernetesObject();
    static final Type<SequencedMap<Integer, Integer>> PORT_PAIRS = new PortPairs();
    static final Type<String> NAMED = new Named();

    private static final Type<Integer> PORT = Scalars.number(1, 65535);

    private Structures() {}

    private abstract static class FileOnly<T> implements Type<T> {
        @Override
        public T parse(String text) throws WrongValue {
            throw new WrongValue("can only be set in a configuration file");
        }
    }

    /** Without the value: it may be a secret. */
    private static String kind(Value value) {
        return switch (value) {
            case Value.Numeral _ -> "a number";
            case Value.Bool _ -> "true or false";
            case Value.Text _ -> "a string";
            case Value.Absent _, Value.Sequence _, Value.Table _ -> value.describe();
        };
    }

    private static final class StringMap extends FileOnly<SequencedMap<String, String>> {
        @Override
        public SequencedMap<String, String> read(Value value) throws WrongValue {
            if (!(value instanceof Value.Table table)) {
                throw Type.wrong(value, "an object");
            }
            SequencedMap<String, String> map = new LinkedHashMap<>();
            for (Map.Entry<String, Value> entry : table.entries().entrySet()) {
                if (!(entry.getValue() instanceof Value.Text text)) {
                    throw new WrongValue(
                            entry.getValue().location(),
                            "must hold strings, but \""
                                    + entry.getKey()
                                    + "\" is "
                                    + kind(entry.getValue())
                                    + ": write the value in quotes");
                }
                map.put(entry.getKey(), text.value());
            }
            return map;
        }

        @Override
        public Shape shape() {
            return new Shape.Strings();
        }
    }

    /** A string map whose keys are regular expressions. */
    private static final class PatternMap extends FileOnly<SequencedMap<String, String>> {
        @Override
        public SequencedMap<String, String> read(Value value) throws WrongValue {
            SequencedMap<String, String> map = STRING_MAP.read(value);
            for (String pattern : map.keySet()) {
                try {
                    Pattern.compile(pattern);
                } catch (PatternSyntaxException e) {
                    throw new WrongValue(
                            value.location(),
                            "cannot be used: \""
                                    + pattern
                                    + "\" is no regular expression: "
                                    + e.getDescription()
                                    + " at index "
                                    + e.getIndex());
                }
            }
            return map;
        }

        @Override
        public Shape shape() {
            return new Shape.Strings();
        }
    }

    /** Regular expressions for paths, and what replaces what they match. */
    private static final class ExpressionMap extends FileOnly<SequencedMap<String, String>> {
        @Override
        public SequencedMap<String, String> read(Value value) throws WrongValue {
            SequencedMap<String, String> map = STRING_MAP.read(value);
            for (Map.Entry<String, String> entry : map.entrySet()) {
                try {
                    FilePolicy.checkMapping(entry.getKey(), entry.getValue());
                } catch (IllegalArgumentException e) {
                    throw new WrongValue(value.location(), "cannot be used: " + e.getMessage());
                }
            }
            return map;
        }

        @Override
        public Shape shape() {
            return new Shape.Strings();
        }
    }

    /** An object that Kubernetes will judge. */
    private static final class KubernetesObject extends FileOnly<Map<String, Object>> {
        @Override
        public Map<String, Object> read(Value value) throws WrongValue {
            if (value instanceof Value.Table table) {
                return Plain.table(table);
            }
            throw Type.wrong(value, "an object");
        }

        @Override
        public Shape shape() {
            return new Shape.Free();
        }
    }

    /** {@code [[a, b], …]}: no port twice on either side. */
    private static final class PortPairs extends FileOnly<SequencedMap<Integer, Integer>> {
        @Override
        public SequencedMap<Integer, Integer> read(Value value) throws WrongValue {
            if (!(value instanceof Value.Sequence pairs)) {
                throw Type.wrong(value, shape().words());
            }
            SequencedMap<Integer, Integer> map = new LinkedHashMap<>();
            List<Integer> seconds = new ArrayList<>();
            for (Value item : pairs.items()) {
                if (!(item instanceof Value.Sequence pair) || pair.items().size() != 2) {
                    throw Type.wrong(item, shape().words());
                }
                int first = PORT.read(pair.items().getFirst());
                int second = PORT.read(pair.items().getLast());
                if (map.put(first, second) != null || seconds.contains(second)) {
                    throw new WrongValue(
                            item.location(),
                            "names a port twice in [" + first + ", " + second + "]");
                }
                seconds.add(second);
            }
            return map;
        }

        @Override
        public Shape shape() {
            return new Shape.PortPairs();
        }
    }

    /** {@code {"name": "x"}}, as Kubernetes writes references. */
    private static final class Named extends FileOnly<String> {
        @Override
        public String read(Value value) throws WrongValue {
            if (value instanceof Value.Table table
                    && table.entries().size() == 1
                    && table.entries().get("name") instanceof Value.Text name) {
                return name.value();
            }
            throw Type.wrong(value, "a list of {\"name\": \"…\"}");
        }

        @Override
        public Shape shape() {
            return new Shape.Fields(Map.of("name", new Shape.Text()), List.of("name"));
        }
    }
}
