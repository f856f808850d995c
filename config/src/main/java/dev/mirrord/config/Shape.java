package dev.mirrord.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The form of an option's value in a file: for the schema, the reference and messages. */
sealed interface Shape {
    /** For messages and the reference: {@code a whole number from 1 to 65535}. */
    String words();

    record Bool() implements Shape {
        @Override
        public String words() {
            return "true or false";
        }
    }

    record Whole(int least, int most) implements Shape {
        @Override
        public String words() {
            return "a whole number from " + least + " to " + most;
        }
    }

    record Text() implements Shape {
        @Override
        public String words() {
            return "a string";
        }
    }

    /**
     * @param options in the order in which they are named
     */
    record Word(List<String> options) implements Shape {
        @Override
        public String words() {
            return "one of " + String.join(", ", options);
        }
    }

    /** A list; one element may stand for a list of one. */
    record ListOf(Shape element) implements Shape {
        @Override
        public String words() {
            return element.words() + ", or a list of such";
        }
    }

    /** A list with at least one element, never without its brackets. */
    record Several(Shape element) implements Shape {
        @Override
        public String words() {
            return "a list of " + element.words();
        }
    }

    /** Pairs of ports: {@code [[8080, 80]]}. */
    record PortPairs() implements Shape {
        @Override
        public String words() {
            return "a list of pairs of ports, as [[8080, 80]]";
        }
    }

    /** Any names, each with a string. */
    record Strings() implements Shape {
        @Override
        public String words() {
            return "an object of strings";
        }
    }

    /** An object that Kubernetes will judge. */
    record Free() implements Shape {
        @Override
        public String words() {
            return "an object as in Kubernetes";
        }
    }

    /**
     * An object with these fields and no others.
     *
     * @param required what has to be there
     */
    record Fields(Map<String, Shape> fields, List<String> required) implements Shape {
        @Override
        public String words() {
            return fields.keySet().stream().sorted().collect(Collectors.joining(", ", "{", "}"));
        }
    }

    record Either(List<Shape> shapes) implements Shape {
        Either(Shape... shapes) {
            this(List.of(shapes));
        }

        @Override
        public String words() {
            return shapes.stream().map(Shape::words).collect(Collectors.joining(", or "));
        }
    }

    static Word word(Stream<String> options) {
        return new Word(options.sorted().toList());
    }
}
