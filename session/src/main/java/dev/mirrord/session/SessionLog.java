package dev.mirrord.session;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * The log of one session: constant messages with key-values, never a payload or the value of an
 * environment variable.
 */
public final class SessionLog implements AutoCloseable {
    private final Path file;
    private final PrintWriter out;
    private final SessionOutput output;

    private SessionLog(Path file, PrintWriter out, SessionOutput output) {
        this.file = file;
        this.out = out;
        this.output = output;
    }

    /**
     * Opens {@code $XDG_STATE_HOME/mirrord/ID.log} (default {@code ~/.local/state}), readable by
     * the user alone.
     */
    public static SessionLog open(SessionId id, SessionOutput output) {
        try {
            String state = System.getenv("XDG_STATE_HOME");
            Path directory =
                    state != null
                            ? Path.of(state, "mirrord")
                            : Path.of(
                                    System.getProperty("user.home"), ".local", "state", "mirrord");
            Files.createDirectories(directory);
            Path file = directory.resolve(id + ".log");
            Files.writeString(file, "", StandardOpenOption.CREATE);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return new SessionLog(
                    file,
                    new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true),
                    output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the session's log", e);
        }
    }

    public Path file() {
        return file;
    }

    /** One line: time, message, then {@code key=value} pairs; also a detail for the user. */
    public synchronized void line(String message, Object... keysAndValues) {
        StringBuilder text = new StringBuilder(message);
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            text.append(' ').append(keysAndValues[i]).append('=').append(keysAndValues[i + 1]);
        }
        out.println(Instant.now() + " " + text);
        output.detail(text.toString());
    }

    /** The stack trace of a failure. */
    public synchronized void failure(String message, Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        line(message);
        out.println(trace);
    }

    @Override
    public void close() {
        out.close();
    }
}
