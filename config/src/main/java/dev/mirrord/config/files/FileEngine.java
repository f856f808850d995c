package dev.mirrord.config.files;

/** {@code feature.fs.engine}: how the app's calls are taken. */
public enum FileEngine {
    /** The best that there is. */
    AUTO,
    /** System calls, by the launcher: every kind of program. */
    SUPERVISE
}
