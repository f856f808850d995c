package dev.mirrord.config.source;

import java.util.List;
import java.util.Map;

/** A value of a configuration file, whatever its format. */
public sealed interface Value {
    Location location();

    /** The value in words, for "but is …"; never the text of a long string. */
    String describe();

    /** An explicit null: as if the key were not there. */
    record Absent(Location location) implements Value {
        @Override
        public String describe() {
            return "null";
        }
    }

    record Bool(Location location, boolean value) implements Value {
        @Override
        public String describe() {
            return String.valueOf(value);
        }
    }

    /**
     * @param text the digits as they were written
     */
    record Numeral(Location location, String text) implements Value {
        @Override
        public String describe() {
            return "the number " + text;
        }
    }

    record Text(Location location, String value) implements Value {
        @Override
        public String describe() {
            return value.length() > 60 ? "a string" : "the string \"" + value + "\"";
        }
    }

    record Sequence(Location location, List<Value> items) implements Value {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * @param entries in the order of the file
     */
    record Table(Location location, Map<String, Value> entries) implements Value {
        @Override
        public String describe() {
            return "an object";
        }
    }
}
