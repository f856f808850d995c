package dev.mirrord.config;

import dev.mirrord.config.files.Expression;
import dev.mirrord.config.filter.Rule;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Types with a list of values; a single value stands for a list of one. */
final class Lists {
    /** A string may hold several, separated by semicolons. */
    static final Type<List<String>> STRINGS = new Strings(";");

    /** Regular expressions for paths; a string may hold several, separated by semicolons. */
    static final Type<List<String>> EXPRESSIONS = new Expressions();

    /** A string is one, whatever it holds. */
    static final Type<List<String>> ARGUMENTS = new Strings("\n");

    static final Type<List<Integer>> PORTS = new Ports();

    private static final Type<Integer> PORT = Scalars.number(1, 65535);

    private Lists() {}

    static Type<List<Rule>> rules(Function<String, Rule> parser) {
        return new Rules(parser);
    }

    static <E> Type<List<E>> of(Type<E> element) {
        return new Elements<>(element);
    }

    private static List<Value> items(Value value) {
        return value instanceof Value.Sequence sequence ? sequence.items() : List.of(value);
    }

    private static List<String> split(String text, String separator) {
        return Arrays.stream(text.split(separator))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private record Strings(String separator) implements Type<List<String>> {
        @Override
        public List<String> read(Value value) throws WrongValue {
            List<String> strings = new ArrayList<>();
            for (Value item : items(value)) {
                if (!(item instanceof Value.Text text)) {
                    throw Type.wrong(item, "a string or a list of strings");
                }
                strings.addAll(parse(text.value()));
            }
            return strings;
        }

        @Override
        public List<String> parse(String text) {
            return separator.equals("\n") ? List.of(text) : split(text, separator);
        }

        @Override
        public Shape shape() {
            return new Shape.ListOf(new Shape.Text());
        }
    }

    private record Expressions() implements Type<List<String>> {
        @Override
        public List<String> read(Value value) throws WrongValue {
            List<String> expressions = STRINGS.read(value);
            for (String expression : expressions) {
                try {
                    Expression.compile(expression);
                } catch (IllegalArgumentException e) {
                    throw new WrongValue(value.location(), "cannot be used: " + e.getMessage());
                }
            }
            return expressions;
        }

        @Override
        public List<String> parse(String text) throws WrongValue {
            List<String> expressions = STRINGS.parse(text);
            for (String expression : expressions) {
                try {
                    Expression.compile(expression);
                } catch (IllegalArgumentException e) {
                    throw new WrongValue("cannot be used: " + e.getMessage());
                }
            }
            return expressions;
        }

        @Override
        public Shape shape() {
            return new Shape.ListOf(new Shape.Text());
        }
    }

    private record Ports() implements Type<List<Integer>> {
        @Override
        public List<Integer> read(Value value) throws WrongValue {
            List<Integer> ports = new ArrayList<>();
            for (Value item : items(value)) {
                ports.add(PORT.read(item));
            }
            return ports;
        }

        @Override
        public List<Integer> parse(String text) throws WrongValue {
            List<Integer> ports = new ArrayList<>();
            for (String port : split(text, "[;,]")) {
                ports.add(PORT.parse(port));
            }
            return ports;
        }

        @Override
        public Shape shape() {
            return new Shape.ListOf(PORT.shape());
        }
    }

    private record Elements<E>(Type<E> element) implements Type<List<E>> {
        @Override
        public List<E> read(Value value) throws WrongValue {
            List<E> elements = new ArrayList<>();
            for (Value item : items(value)) {
                elements.add(element.read(item));
            }
            return elements;
        }

        @Override
        public List<E> parse(String text) throws WrongValue {
            List<E> elements = new ArrayList<>();
            for (String part : split(text, "[;,]")) {
                elements.add(element.parse(part));
            }
            return elements;
        }

        @Override
        public Shape shape() {
            return new Shape.ListOf(element.shape());
        }
    }

    private record Rules(Function<String, Rule> parser) implements Type<List<Rule>> {
        @Override
        public List<Rule> read(Value value) throws WrongValue {
            List<Rule> rules = new ArrayList<>();
            for (Value item : items(value)) {
                if (!(item instanceof Value.Text text)) {
                    throw Type.wrong(item, "a string or a list of strings");
                }
                try {
                    rules.add(parser.apply(text.value()));
                } catch (IllegalArgumentException e) {
                    throw new WrongValue(item.location(), "cannot be used: " + e.getMessage());
                }
            }
            return rules;
        }

        @Override
        public List<Rule> parse(String text) throws WrongValue {
            List<Rule> rules = new ArrayList<>();
            for (String part : split(text, ";")) {
                try {
                    rules.add(parser.apply(part));
                } catch (IllegalArgumentException e) {
                    throw new WrongValue("cannot be used: " + e.getMessage());
                }
            }
            return rules;
        }

        @Override
        public Shape shape() {
            return new Shape.ListOf(new Shape.Text());
        }
    }
}
