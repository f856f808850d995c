package dev.mirrord.config.files;

/** Where a path is served; the codes are those of docs/protocol.md, section 2. */
public enum Decision {
    LOCAL(1, "local: the image's own"),
    NOT_FOUND(2, "not found: ENOENT"),
    READ_ONLY(3, "the target's, read-only: changes fail with EROFS"),
    READ_WRITE(4, "the target's, for reading and writing"),
    READ(5, "the target's for reading (the image's own if the target has none); changes are local"),
    WRITE(6, "the target's (for reading, the image's own if the target has none)");

    private final int code;
    private final String text;

    Decision(int code, String text) {
        this.code = code;
        this.text = text;
    }

    public int code() {
        return code;
    }

    /** For the user. */
    public String text() {
        return text;
    }
}
