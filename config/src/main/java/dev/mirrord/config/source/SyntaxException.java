package dev.mirrord.config.source;

import org.jspecify.annotations.Nullable;

/** A text that is not of its format. The message starts with the place. */
public final class SyntaxException extends Exception {
    public SyntaxException(Location location, String problem) {
        this(location, problem, null);
    }

    public SyntaxException(Location location, String problem, @Nullable Throwable cause) {
        super(location + ": " + problem, cause);
    }
}
