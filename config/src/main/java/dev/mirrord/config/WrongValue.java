package dev.mirrord.config;

import dev.mirrord.config.source.Location;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A value that is not of its key's type; the message goes on after the key's path. */
final class WrongValue extends Exception {
    private final transient @Nullable Location location;

    WrongValue(String predicate) {
        super(predicate);
        this.location = null;
    }

    WrongValue(Location location, String predicate) {
        super(predicate);
        this.location = location;
    }

    /** Where in the file, if in a file. */
    Optional<Location> location() {
        return Optional.ofNullable(location);
    }
}
