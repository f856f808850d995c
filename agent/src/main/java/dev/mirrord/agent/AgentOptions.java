package dev.mirrord.agent;

import dev.mirrord.protocol.tls.Fingerprint;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's arguments.
 *
 * @param session whose key opens the tunnel
 * @param containerId the target, or empty for none
 * @param patience how long the agent stays without a tunnel
 */
public record AgentOptions(Fingerprint session, Optional<String> containerId, Duration patience) {
    private static final String USAGE =
            "usage: --session-certificate-sha256 HEX (--target-container-id ID | --targetless)"
                    + " [--communication-timeout SECONDS]";

    /** Reads the command line. */
    public static AgentOptions parse(String... arguments) throws AgentFailure {
        @Nullable Fingerprint session = null;
        @Nullable String containerId = null;
        boolean targetless = false;
        Duration patience = Duration.ofSeconds(30);
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--session-certificate-sha256" -> session = fingerprint(value(arguments, i++));
                case "--target-container-id" -> containerId = containerId(value(arguments, i++));
                case "--targetless" -> targetless = true;
                case "--communication-timeout" -> patience = seconds(value(arguments, i++));
                default ->
                        throw new AgentFailure(
                                "unknown argument \"%s\"; %s".formatted(arguments[i], USAGE));
            }
        }
        if (session == null || targetless == (containerId != null)) {
            throw new AgentFailure(USAGE);
        }
        return new AgentOptions(session, Optional.ofNullable(containerId), patience);
    }

    private static String value(String[] arguments, int i) throws AgentFailure {
        if (i + 1 == arguments.length) {
            throw new AgentFailure("%s needs a value; %s".formatted(arguments[i], USAGE));
        }
        return arguments[i + 1];
    }

    private static Fingerprint fingerprint(String hex) throws AgentFailure {
        try {
            return new Fingerprint(hex);
        } catch (IllegalArgumentException e) {
            throw new AgentFailure("--session-certificate-sha256: " + e.getMessage(), e);
        }
    }

    /** Kubernetes writes IDs as {@code containerd://0123…}; the control groups know only the ID. */
    private static String containerId(String id) throws AgentFailure {
        String bare = id.substring(id.indexOf("://") < 0 ? 0 : id.indexOf("://") + 3);
        if (!bare.matches("[0-9A-Za-z_.-]{12,128}")) {
            throw new AgentFailure("--target-container-id: not a container ID: " + id);
        }
        return bare;
    }

    private static Duration seconds(String text) throws AgentFailure {
        try {
            int seconds = Integer.parseInt(text);
            if (seconds > 0) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            throw new AgentFailure("--communication-timeout: not a number: " + text, e);
        }
        throw new AgentFailure("--communication-timeout: must be at least 1: " + text);
    }
}
