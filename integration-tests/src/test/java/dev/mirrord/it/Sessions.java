package dev.mirrord.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sessions that this process started: each leaves its log in a directory of ours, so other
 * people's sessions on the same engine and cluster are not taken for our own.
 */
final class Sessions {
    static final Path STATE =
            Command.ROOT
                    .resolve("integration-tests/target")
                    .resolve("state-" + ProcessHandle.current().pid());

    private Sessions() {}

    /** Their ids; never empty, or whoever asks what they left would be told nothing. */
    static List<String> ids() {
        List<String> ids = started();
        if (ids.isEmpty()) {
            throw new AssertionError("no session has been started");
        }
        return ids;
    }

    static List<String> started() {
        return names(STATE.resolve("mirrord"));
    }

    /** Directories of sessions on this host, under every base that the CLI may choose. */
    static List<String> directories() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        List<String> found =
                Stream.of(
                                Path.of(runtime == null ? "/nowhere" : runtime, "mirrord"),
                                Path.of(
                                        System.getProperty("java.io.tmpdir"),
                                        "mirrord-" + System.getProperty("user.name")),
                                Path.of("/tmp", "mirrord-" + System.getProperty("user.name")))
                        .flatMap(base -> names(base).stream())
                        .toList();
        return ids().stream().filter(found::contains).toList();
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString().replace(".log", "")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
