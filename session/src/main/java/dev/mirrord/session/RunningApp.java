package dev.mirrord.session;

import dev.mirrord.session.docker.command.ContainerCommand;
import java.util.concurrent.CompletableFuture;

/** The user's container while its session lasts. */
sealed interface RunningApp permits AttachedApp, DetachedApp {
    /** Starts the app; from now on our signals are the app's. */
    static RunningApp start(AppCommand app, EngineSide engine, ContainerCommand command) {
        return command.detached()
                ? DetachedApp.start(app, engine, command)
                : AttachedApp.start(app, engine, command);
    }

    /** The session is complete: the app has its context, or will have it when it is started. */
    void connected();

    /** Completes when the app has ended for good. */
    CompletableFuture<Integer> exitCode();

    boolean isAlive();

    void kill();
}
