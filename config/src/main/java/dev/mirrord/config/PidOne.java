package dev.mirrord.config;

/** Which process is PID 1 of the app container. */
public enum PidOne {
    /** The app: the launcher execs in place and only watches. */
    APP,
    /** The launcher: it stays the app's parent. */
    LAUNCHER,
    /** The app where its entry is a known init, else the launcher. */
    AUTO
}
