package dev.mirrord.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The host directory of one session. Its parent is the user's alone (0700), so nobody else on the
 * host gets in; the directory itself may be passed by anyone (0755), so that the sidecar, which
 * sees it as a mount and may have another uid, can reach the socket in it without a capability.
 */
public final class SessionDirectory implements AutoCloseable {
    /** Longest path of a unix socket on Linux and macOS (sun_path), less the terminating zero. */
    private static final int LONGEST_SOCKET_PATH = 103;

    private final Path parent;
    private final Path path;

    private SessionDirectory(Path parent, Path path) {
        this.parent = parent;
        this.path = path;
    }

    /** Makes the directory of session {@code id}. */
    public static SessionDirectory create(SessionId id) throws IOException {
        Path parent = ofUser();
        Path path = Files.createDirectory(parent.resolve(id.value()));
        restrict(path, "rwxr-xr-x");
        return new SessionDirectory(parent, path);
    }

    /** The user's own directory, made if it is missing. */
    public static Path ofUser() throws IOException {
        Path parent = base();
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent);
        }
        restrict(parent, "rwx------");
        return parent;
    }

    public Path path() {
        return path;
    }

    /** The user's own directory that holds those of all sessions. */
    public Path parent() {
        return parent;
    }

    /** Removes the directory and what is in it. */
    @Override
    public void close() throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(path);
    }

    private static Path base() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path base =
                runtime != null && Files.isDirectory(Path.of(runtime))
                        ? Path.of(runtime, "mirrord")
                        : Path.of(
                                System.getProperty("java.io.tmpdir"),
                                "mirrord-" + System.getProperty("user.name"));
        if (base.toString().length() + 24 > LONGEST_SOCKET_PATH) {
            return Path.of("/tmp", "mirrord-" + System.getProperty("user.name"));
        }
        return base;
    }

    /** Where files have such permissions. */
    static void restrict(Path path, String permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
