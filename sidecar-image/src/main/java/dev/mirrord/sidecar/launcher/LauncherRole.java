package dev.mirrord.sidecar.launcher;

/** Why a launcher connects. */
public enum LauncherRole {
    /** It is the app container's entrypoint. */
    MAIN(1),
    /** It runs one more command in the app's context. */
    RUN(2),
    /** It lost an earlier process of this sidecar; its app runs on. */
    REJOIN(3);

    private final int code;

    LauncherRole(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static LauncherRole of(int code) {
        for (LauncherRole role : values()) {
            if (role.code == code) {
                return role;
            }
        }
        throw new IllegalArgumentException("unknown launcher role " + code);
    }
}
