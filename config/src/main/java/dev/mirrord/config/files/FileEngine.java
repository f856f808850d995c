package dev.mirrord.config.files;

/** {@code feature.fs.engine}: how the app's calls are taken. */
public enum FileEngine {
    /** Both: each call by the one that costs less. */
    AUTO(0),
    /** Functions of the C library, by a library in the app's processes: dynamic programs. */
    PRELOAD(1),
    /** System calls, by the launcher: every kind of program. */
    SUPERVISE(2);

    private final int code;

    FileEngine(int code) {
        this.code = code;
    }

    /** What the launcher knows it by (docs/protocol.md, section 2). */
    public int code() {
        return code;
    }
}
