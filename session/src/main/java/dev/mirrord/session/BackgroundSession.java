package dev.mirrord.session;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.CommandParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A session that outlives its command: of {@code docker run -d} and {@code docker create}. The
 * command runs itself once more, passes on what that process says, and ends when it has printed the
 * container's id.
 */
public final class BackgroundSession {
    private static final String MARK = "MIRRORD_BACKGROUND";

    private BackgroundSession() {}

    /** True where the command line asks for one, and this process is not it yet. */
    public static boolean isWanted(List<String> command) {
        try {
            return System.getenv(MARK) == null && CommandParser.parse(command).detached();
        } catch (CommandException e) {
            return false; // Who runs it says what is wrong.
        }
    }

    /**
     * Starts it.
     *
     * @param program the same again, with its arguments
     * @param keepsInput true if the program has to read our standard input
     * @return exit code for the user
     */
    public static int start(
            ProcessBuilder program, boolean keepsInput, PrintStream out, PrintStream err) {
        program.environment().put(MARK, "1");
        program.redirectInput(
                keepsInput
                        ? ProcessBuilder.Redirect.INHERIT
                        : ProcessBuilder.Redirect.from(nothing()));
        // Ctrl-C reaches that process too: it cleans up, and then we end with it.
        Signals.handle("INT", () -> {});
        try {
            Process session = program.start();
            Signals.handle("TERM", session::destroy);
            Thread said = Thread.ofPlatform().daemon().start(() -> pass(session, err));
            try (BufferedReader from = session.inputReader(StandardCharsets.UTF_8)) {
                String container = from.readLine();
                if (container != null) {
                    said.join();
                    out.println(container);
                    return 0;
                }
            }
            said.join();
            return session.waitFor();
        } catch (IOException e) {
            throw new SessionFailure("cannot start the session's process: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new SessionFailure("interrupted while the session started", e);
        }
    }

    private static void pass(Process session, PrintStream err) {
        try (InputStream from = session.getErrorStream()) {
            from.transferTo(err);
            err.flush();
        } catch (IOException e) {
            // It has gone; its exit code tells more.
        }
    }

    private static File nothing() {
        return new File(File.separatorChar == '/' ? "/dev/null" : "NUL");
    }
}
