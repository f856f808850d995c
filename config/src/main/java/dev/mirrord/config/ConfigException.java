package dev.mirrord.config;

import java.util.List;

/** The configuration cannot be used. Each problem is one sentence that names its place. */
public final class ConfigException extends Exception {
    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
