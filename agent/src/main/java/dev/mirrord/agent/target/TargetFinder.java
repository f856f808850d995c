package dev.mirrord.agent.target;

import dev.mirrord.agent.AgentFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds the target and checks, without entering anything yet, that it can be reached. */
public final class TargetFinder {
    private static final Path PROC = Path.of("/proc");

    private TargetFinder() {}

    public static Target find(Optional<String> containerId) throws AgentFailure {
        if (containerId.isEmpty()) {
            return Target.none();
        }
        String id = containerId.get();
        try {
            OptionalLong pid = new ContainerSearch(PROC).find(id);
            if (pid.isEmpty()) {
                throw new AgentFailure(
                        ("no process of the target container %s is visible: it has ended, or the"
                                        + " agent does not share the node's process IDs (hostPID)")
                                .formatted(id));
            }
            Target target = Target.of(PROC, pid.getAsLong(), id);
            if (!target.namespace().isOwn() && !Capabilities.own().hasSysAdmin()) {
                throw new AgentFailure(
                        "cannot enter the target's network namespace: the agent lacks the"
                                + " capability SYS_ADMIN");
            }
            return target;
        } catch (AccessDeniedException e) {
            throw new AgentFailure(
                    "cannot look into the target container %s: %s"
                            .formatted(id, whyUnreadable(e.getFile())),
                    e);
        } catch (IOException e) {
            throw new AgentFailure(
                    "cannot look into the target container %s: %s".formatted(id, e.getMessage()),
                    e);
        }
    }

    private static String whyUnreadable(String file) throws AgentFailure {
        try {
            return Capabilities.own().whyUnreadable(file);
        } catch (IOException e) {
            throw new AgentFailure(
                    "cannot read the agent's own capabilities: " + e.getMessage(), e);
        }
    }
}
