package dev.mirrord.session.docker.rewrite;

import java.util.List;
import java.util.Set;

/**
 * What an image says about the containers made of it, as the engine's inspection shows it.
 *
 * @param id content address: {@code sha256:…}
 * @param healthTest {@code [CMD, a, b]}, {@code [CMD-SHELL, line]}, {@code [NONE]} or nothing
 * @param shell the shell form's shell; empty means {@code /bin/sh -c}
 * @param exposedPorts {@code 80/tcp}
 * @param environment {@code NAME=VALUE}, as baked into the image
 */
public record ImageConfig(
        String id,
        List<String> entrypoint,
        List<String> command,
        List<String> healthTest,
        List<String> shell,
        Set<String> exposedPorts,
        List<String> environment,
        String user,
        String operatingSystem,
        String architecture) {

    public ImageConfig {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        healthTest = List.copyOf(healthTest);
        shell = List.copyOf(shell);
        exposedPorts = Set.copyOf(exposedPorts);
        environment = List.copyOf(environment);
    }

    /** The words before a shell form's line. */
    public List<String> effectiveShell() {
        return shell.isEmpty() ? List.of("/bin/sh", "-c") : shell;
    }
}
