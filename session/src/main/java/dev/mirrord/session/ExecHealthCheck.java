package dev.mirrord.session;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.docker.rewrite.Rewrite;
import java.util.List;
import java.util.Optional;

/**
 * The health check of an image without a shell, put behind the launcher. The app's line cannot say
 * it, so the created container is made once more, through the engine's API, before it is started.
 */
record ExecHealthCheck(ContainerCommand command, EngineSide engine, SessionLog log) {
    /**
     * @param container as docker's client has created it; empty where it creates and starts at once
     * @return the container to be started
     */
    Optional<String> give(Optional<String> container, Rewrite rewrite, SessionOutput output) {
        List<String> program = rewrite.execHealthCheck();
        if (program.isEmpty()) {
            return container;
        }
        // The file holds the id of what the client has created.
        if (container.isPresent() && !command.given(RunFlag.CIDFILE)) {
            try {
                return container.map(id -> engine.recreateApp(id, program));
            } catch (EngineException e) {
                log.failure("the health check stays as it is", e);
            }
        }
        output.notice(
                "the image's health check runs without the target's environment: the image has no"
                        + " shell to start it by (give one with --health-cmd, or"
                        + " --no-healthcheck)");
        return container;
    }
}
