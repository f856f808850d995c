package dev.mirrord.cli;

import dev.mirrord.session.SessionFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Flags of mirrord (Rust) that have no meaning here: command lines written for it go on working, or
 * are told why they do not.
 */
final class PeerFlags {
    @Option(
            names = {"-e", "--ephemeral-container"},
            hidden = true)
    boolean ephemeral;

    /** Nothing is loaded into processes that could be skipped. */
    @Option(names = "--skip-processes", hidden = true)
    @Nullable String skipProcesses;

    /** There is none. */
    @Option(names = "--no-telemetry", hidden = true)
    boolean noTelemetry;

    /** Nothing is looked up. */
    @Option(names = "--disable-version-check", hidden = true)
    boolean noVersionCheck;

    /** Refuses what cannot be had. */
    void check() {
        if (ephemeral) {
            throw new SessionFailure(
                    "-e is not implemented in this version: the agent is a Job; remove it");
        }
    }
}
