package dev.mirrord.config;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration comes from.
 *
 * @param file the value of {@code -f}: a path, or {@code -} for JSON on the standard input; empty:
 *     MIRRORD_CONFIG_FILE, if set
 * @param environment of the command
 * @param directory that relative paths start from
 * @param stdin read only for {@code -}
 */
public record ConfigSources(
        Optional<String> file,
        Map<String, String> environment,
        Overrides flags,
        Path directory,
        InputStream stdin) {

    /** The file of a {@code -f} without a value. */
    public static final String DEFAULT_FILE = ".mirrord/mirrord.json";

    /** The process's own environment, directory and standard input. */
    public static ConfigSources ofProcess(Optional<String> file, Overrides flags) {
        return new ConfigSources(
                file, System.getenv(), flags, Path.of("").toAbsolutePath(), System.in);
    }
}
