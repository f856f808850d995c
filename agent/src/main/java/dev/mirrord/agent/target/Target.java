package dev.mirrord.agent.target;

import dev.mirrord.linux.namespace.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whose network, environment and files are used: the target process', or the agent's own.
 *
 * @param process its directory below /proc
 * @param pid empty when there is no target
 */
public record Target(
        Path process, OptionalLong pid, NetworkNamespace namespace, Optional<String> containerId) {
    /** The agent itself stands in where there is no target. */
    public static Target none() {
        return new Target(
                Path.of("/proc/self"),
                OptionalLong.empty(),
                NetworkNamespace.own(),
                Optional.empty());
    }

    /** The process {@code pid}, seen through {@code proc}, which is /proc but in tests. */
    public static Target of(Path proc, long pid, String containerId) throws IOException {
        Path process = proc.resolve(Long.toString(pid));
        return new Target(
                process,
                OptionalLong.of(pid),
                NetworkNamespace.of(process),
                Optional.of(containerId));
    }

    /** A file of the process' directory below /proc, for example {@code net/tcp}. */
    public Path proc(String name) {
        return process.resolve(name);
    }

    /**
     * A file of the target's tree. An absolute symbolic link in the last place is followed within
     * that tree, not in ours.
     */
    public Path file(String absolute) {
        if (pid.isEmpty()) {
            return Path.of(absolute);
        }
        Path root = process.resolve("root");
        Path file = root.resolve(absolute.substring(1));
        try {
            for (int i = 0; i < 8 && Files.isSymbolicLink(file); i++) {
                Path to = Files.readSymbolicLink(file);
                file =
                        to.isAbsolute()
                                ? root.resolve(to.toString().substring(1))
                                : file.resolveSibling(to);
            }
        } catch (IOException e) {
            return file;
        }
        return file;
    }
}
