package dev.mirrord.config;

import java.util.ArrayList;
import java.util.List;

/** What is wrong so far: all of it is told at once. */
final class Problems {
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    void error(String sentence) {
        errors.add(sentence);
    }

    void warn(String sentence) {
        warnings.add(sentence);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    void check() throws ConfigException {
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
    }
}
