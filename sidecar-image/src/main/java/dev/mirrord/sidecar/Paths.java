package dev.mirrord.sidecar;

import java.nio.file.Path;

/**
 * Where things are in the sidecar's container; tests put them elsewhere by system properties.
 *
 * @param run sockets for the CLI
 * @param layer the volume that the app's container sees too
 */
public record Paths(Path run, Path layer, Path etc) {
    static Paths ofProcess() {
        return new Paths(
                Path.of(System.getProperty("mirrord.run", "/run/mirrord")),
                Path.of(System.getProperty("mirrord.layer", "/.mirrord")),
                Path.of(System.getProperty("mirrord.etc", "/etc")));
    }

    Path control() {
        return run.resolve("control.sock");
    }

    Path tunnel() {
        return run.resolve("tunnel.sock");
    }

    Path relay() {
        return run.resolve("host").resolve("relay.sock");
    }

    /** Where the target's files are. */
    Path target() {
        return run.resolve("target");
    }

    /** Where what the app watches of it is. */
    Path watched() {
        return run.resolve("watched");
    }

    /** For tunnels to a further agent. */
    Path tunnel(String agent) {
        return run.resolve("tunnel-" + agent + ".sock");
    }

    /** Of the CLI's, for one agent: the first one's has no number. */
    Path relay(String agent) {
        return agent.equals("1")
                ? relay()
                : run.resolve("host").resolve("relay-" + agent + ".sock");
    }

    /** Where launchers lend their mount namespaces. */
    Path volumes() {
        return layer.resolve("volumes");
    }

    Path launcher() {
        return layer.resolve("sock");
    }
}
