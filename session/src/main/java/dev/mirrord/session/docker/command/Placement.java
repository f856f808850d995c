package dev.mirrord.session.docker.command;

/** Which container a flag of the user's line ends up at. */
public enum Placement {
    /** Stays on the app's line, unchanged. */
    APP,
    /** Belongs to the network namespace, so it becomes part of the sidecar. */
    SIDECAR,
    /** Has to be the same for both, or the engine refuses to share the namespace. */
    BOTH,
    /** Stays, but is rewritten (entry point and health check) or split (sysctls). */
    REWRITTEN
}
