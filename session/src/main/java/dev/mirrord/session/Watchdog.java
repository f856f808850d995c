package dev.mirrord.session;

import dev.mirrord.config.MirrordConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Cleans up when the CLI is killed before the sidecar can: a shell that waits for the end of its
 * standard input, which the kernel brings about however we die. It removes the agent, what was
 * created on the engine and never ran, and the session's directory; what runs is ended by the
 * sidecar. It ignores the signals of the terminal. Where there is no POSIX shell there is no
 * watchdog.
 */
final class Watchdog implements AutoCloseable {
    /**
     * {@code $1} session, {@code $2} directory, {@code $3} log, {@code $4} a command that removes
     * the agent, {@code $5} filters for the containers to remove, then docker's own words.
     */
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP QUIT
            session=$1 directory=$2 log=$3 removal=$4 filters=$5
            shift 5
            read -r ended && exit 0
            eval "$removal" >>"$log" 2>&1 &
            forget() {
                rm -f "$directory"/*
                rmdir "$directory"
            }
            forget
            for pause in 0 2 4 8; do
                sleep $pause
                for each in $("$@" ps -aq --filter label=dev.mirrord/session=$session $filters); do
                    "$@" rm -f -v $each
                done
            done
            forget
            """;

    private final Process process;

    private Watchdog(Process process) {
        this.process = process;
    }

    /** Which of the session's containers go when the sidecar cannot see to it. */
    enum Removes {
        /** Those that never ran: what has run is the user's. */
        WHAT_NEVER_RAN("--filter status=created"),
        /** Also those that have ended: who made them may be dead too. */
        WHAT_ENDED_TOO("--filter status=created --filter status=exited --filter status=dead");

        private final String filters;

        Removes(String filters) {
            this.filters = filters;
        }
    }

    /** Watches a session of {@code docker run}. */
    static Watchdog start(
            SessionId id, Path directory, Path log, MirrordConfig config, List<String> docker) {
        return start(
                id,
                directory,
                log,
                AbandonedAgent.command(id, config),
                docker,
                Removes.WHAT_NEVER_RAN);
    }

    /**
     * Watches session {@code id}.
     *
     * @param removal a command line that removes the agent
     * @param docker the user's client with its global options
     */
    static Watchdog start(
            SessionId id,
            Path directory,
            Path log,
            List<String> removal,
            List<String> docker,
            Removes removes) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "/bin/sh",
                                "-c",
                                SCRIPT,
                                "mirrord-watchdog",
                                id.value(),
                                directory.toString(),
                                log.toString(),
                                ShellLine.of(removal),
                                removes.filters));
        command.addAll(docker);
        try {
            return new Watchdog(
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException e) {
            throw new SessionFailure("cannot start /bin/sh: " + e.getMessage(), e);
        }
    }

    /** The session ended in order: there is nothing to do. */
    @Override
    public void close() {
        try (var toShell = process.getOutputStream()) {
            toShell.write("ended\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            process.destroyForcibly();
        }
    }
}
