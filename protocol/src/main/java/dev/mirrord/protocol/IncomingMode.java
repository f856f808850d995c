package dev.mirrord.protocol;

/** How the target's incoming traffic reaches the app. */
public enum IncomingMode {
    /** The app gets a copy; its answers are dropped. */
    MIRROR(1),
    /** The app answers in the target's place. */
    STEAL(2);

    private final int code;

    IncomingMode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static IncomingMode of(int code) {
        return switch (code) {
            case 1 -> MIRROR;
            case 2 -> STEAL;
            default -> throw new IllegalArgumentException("unknown incoming mode " + code);
        };
    }
}
