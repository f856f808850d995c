package dev.mirrord.session;

import java.util.ArrayList;
import java.util.List;

/** Whether the session brings the target's files, and what that takes. */
final class TargetFiles {
    private TargetFiles() {}

    static boolean wanted() {
        return Boolean.parseBoolean(System.getenv("MIRRORD_TARGET_FILES"));
    }

    /** What the sidecar keeps: SYS_ADMIN is for the mount alone. */
    static List<String> capabilities() {
        List<String> all = new ArrayList<>(List.of("NET_ADMIN"));
        if (wanted()) {
            all.add("SYS_ADMIN");
        }
        return all;
    }
}
