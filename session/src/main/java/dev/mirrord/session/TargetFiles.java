package dev.mirrord.session;

import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.TlsIdentity;
import dev.mirrord.session.kubernetes.placement.JobPlacement;
import java.util.ArrayList;
import java.util.List;

/** Whether the session brings the target's files, and what that takes. */
final class TargetFiles {
    private TargetFiles() {}

    static boolean wanted(MirrordConfig config) {
        return config.feature().files().wanted();
    }

    /**
     * What the agent does with files: to end TLS it reads the key as the target's user, who also
     * connects to unix sockets.
     */
    static JobPlacement.Files ofAgent(MirrordConfig config) {
        if (wanted(config)) {
            return JobPlacement.Files.ALL;
        }
        if (!config.feature().network().outgoing().unixStreams().isEmpty()) {
            return JobPlacement.Files.SOCKETS;
        }
        boolean keys =
                config.feature().network().incoming().tls().identities().stream()
                        .anyMatch(TlsIdentity::needsFiles);
        return keys ? JobPlacement.Files.KEYS : JobPlacement.Files.NONE;
    }

    /** What the sidecar keeps: SYS_ADMIN is for the mount alone. */
    static List<String> capabilities(MirrordConfig config) {
        List<String> all = new ArrayList<>(List.of("NET_ADMIN"));
        if (wanted(config)) {
            all.add("SYS_ADMIN");
        }
        return all;
    }
}
