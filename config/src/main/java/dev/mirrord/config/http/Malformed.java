package dev.mirrord.config.http;

/** A text that is no regular expression or no query; the message shows the place with a caret. */
public final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String what, String text, int index) {
        super(
                "cannot be used: %s%n    %s%n    %s^"
                        .formatted(what, text, " ".repeat(Math.clamp(index, 0, text.length()))));
    }
}
