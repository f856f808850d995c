package dev.mirrord.session.docker;

import org.jspecify.annotations.Nullable;

/** The container engine could not be reached, or refused what was asked of it. */
public final class EngineException extends DockerFailure {

    public EngineException(String message, String advice) {
        super(message, advice, null);
    }

    public EngineException(String message, String advice, @Nullable Throwable cause) {
        super(message, advice, cause);
    }
}
