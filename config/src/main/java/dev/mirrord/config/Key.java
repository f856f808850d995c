package dev.mirrord.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One option: its place in the file, its type, its environment variable. All of them are in {@link
 * Keys}.
 */
public final class Key<T> {
    private final String path;
    private final Type<T> type;
    private final @Nullable String variable;

    Key(String path, Type<T> type, @Nullable String variable) {
        this.path = path;
        this.type = type;
        this.variable = variable;
    }

    public String path() {
        return path;
    }

    public Optional<String> variable() {
        return Optional.ofNullable(variable);
    }

    Type<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return path;
    }
}
