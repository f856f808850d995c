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
 * @param owner whom other users are told of, {@code USER@HOST}
 * @param patience how long the agent stays without a tunnel
 * @param flushes connections that a port has when it begins to be stolen are reset
 * @param port where the tunnel is awaited, on the agent's own loopback; 0 lets the kernel choose
 */
public record AgentOptions(
        Fingerprint session,
        Optional<String> containerId,
        String owner,
        Duration patience,
        boolean flushes,
        int port) {
    private static final String USAGE =
            "usage: --session-certificate-sha256 HEX (--target-container-id ID | --targetless)"
                    + " [--owner USER@HOST] [--communication-timeout SECONDS]"
                    + " [--flush-connections] [--port PORT]";

    /** Reads the command line. */
    public static AgentOptions parse(String... arguments) throws AgentFailure {
        @Nullable Fingerprint session = null;
        @Nullable String containerId = null;
        boolean targetless = false;
        boolean flushes = false;
        String owner = "somebody";
        Duration patience = Duration.ofSeconds(30);
        int port = 0;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--session-certificate-sha256" -> session = fingerprint(value(arguments, i++));
                case "--target-container-id" -> containerId = containerId(value(arguments, i++));
                case "--targetless" -> targetless = true;
                case "--flush-connections" -> flushes = true;
                case "--owner" -> owner = value(arguments, i++);
                case "--communication-timeout" ->
                        patience =
                                Duration.ofSeconds(
                                        number(arguments[i], value(arguments, i++), 1_000_000));
                case "--port" -> port = number(arguments[i], value(arguments, i++), 65_535);
                default ->
                        throw new AgentFailure(
                                "unknown argument \"%s\"; %s".formatted(arguments[i], USAGE));
            }
        }
        if (session == null || targetless == (containerId != null)) {
            throw new AgentFailure(USAGE);
        }
        return new AgentOptions(
                session, Optional.ofNullable(containerId), owner, patience, flushes, port);
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

    private static int number(String option, String text, int most) throws AgentFailure {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new AgentFailure("%s: not a number: %s".formatted(option, text), e);
        }
        throw new AgentFailure("%s: must be 1 to %d: %s".formatted(option, most, text));
    }
}
