package dev.mirrord.session;

import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.TlsIdentity;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.session.kubernetes.placement.JobPlacement;
import java.util.ArrayList;
import java.util.List;

/** Whether the session brings the target's files, and what that takes. */
public final class TargetFiles {
    private TargetFiles() {}

    static boolean wanted(MirrordConfig config) {
        return config.feature().files().mounted();
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

    /** What the sidecar keeps: SYS_ADMIN is for the mount alone, the rest to mount for the app. */
    public static List<String> capabilities(FileRules files) {
        List<String> all = new ArrayList<>(List.of("NET_ADMIN"));
        if (files.mounted()) {
            all.add("SYS_ADMIN");
        }
        if (files.volumes() != FileVolumes.OFF) {
            all.addAll(List.of("SYS_CHROOT", "DAC_OVERRIDE"));
        }
        return all;
    }
}
