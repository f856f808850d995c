package dev.mirrord.sidecar.capture;

import dev.mirrord.sidecar.SidecarFailure;
import java.util.Locale;

/** Says what is missing when the kernel does not take the rules. */
final class RulesFailure {
    private RulesFailure() {}

    static SidecarFailure of(String tool, Tools.Result result) {
        String words = result.words().lines().limit(3).reduce("", (a, b) -> a + " " + b).strip();
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("operation not permitted") || lower.contains("permission denied")) {
            return new SidecarFailure(
                    "the sidecar has no NET_ADMIN capability in its network namespace (%s: %s); rootless engines and some policies take it away"
                            .formatted(tool, words));
        }
        if (lower.contains("syntax error")) {
            return new SidecarFailure(
                    "nft in the sidecar's image is too old, 1.0 or newer is needed: " + words);
        }
        if (lower.contains("no such file or directory") || lower.contains("not supported")) {
            return new SidecarFailure(
                    "the engine's kernel lacks what the sidecar needs (nf_tables with tproxy, conntrack, fib and reject): %s: %s"
                            .formatted(tool, words));
        }
        return new SidecarFailure(
                "the sidecar cannot install its rules: %s exited with %d: %s"
                        .formatted(tool, result.code(), words));
    }
}
