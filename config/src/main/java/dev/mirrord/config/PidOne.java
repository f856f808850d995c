package dev.mirrord.config;

import java.util.Set;

/** Which process is PID 1 of the app container. */
public enum PidOne {
    /** The app: the launcher execs in place and only watches. */
    APP,
    /** The launcher: it stays the app's parent. */
    LAUNCHER,
    /** The app where its program is a known init, else the launcher. */
    AUTO;

    private static final Set<String> INITS = Set.of("/init", "/sbin/init", "/usr/sbin/init");

    /** Whether {@code program} is to be PID 1 itself. */
    public boolean isApp(String program) {
        return switch (this) {
            case APP -> true;
            case LAUNCHER -> false;
            case AUTO -> INITS.contains(program) || program.endsWith("/systemd");
        };
    }
}
