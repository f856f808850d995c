package dev.mirrord.session.docker.rewrite;

import java.util.Set;

/** Whether the app or its launcher is PID 1 of the app container. */
public enum InitPolicy {
    /** The app where its program is a known init, else the launcher. */
    AUTOMATIC,
    APP,
    LAUNCHER;

    private static final Set<String> INITS = Set.of("/init", "/sbin/init", "/usr/sbin/init");

    /** Whether {@code program} is to be PID 1 itself. */
    public boolean appIsPid1(String program) {
        return switch (this) {
            case APP -> true;
            case LAUNCHER -> false;
            case AUTOMATIC -> INITS.contains(program) || program.endsWith("/systemd");
        };
    }
}
