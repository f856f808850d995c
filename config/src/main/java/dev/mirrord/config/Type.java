package dev.mirrord.config;

import dev.mirrord.config.source.Value;

/** How a key's value is read from a file and from the text of a variable or a flag. */
interface Type<T> {
    T read(Value value) throws WrongValue;

    T parse(String text) throws WrongValue;

    Shape shape();

    /** False where {@link #read} keeps something else than what was written. */
    default boolean isKeptAsWritten() {
        return true;
    }

    static WrongValue wrong(Value value, String expected) {
        return new WrongValue(
                value.location(), "must be " + expected + ", but is " + value.describe());
    }

    static WrongValue wrong(String text, String expected) {
        String found = text.length() > 60 ? "something longer" : "\"" + text + "\"";
        return new WrongValue("must be " + expected + ", but is " + found);
    }
}
