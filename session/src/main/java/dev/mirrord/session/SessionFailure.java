package dev.mirrord.session;

import org.jspecify.annotations.Nullable;

/**
 * A session could not start or could not go on. The message is for the user: what, why, what to do.
 */
public final class SessionFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SessionFailure(String message) {
        super(message);
    }

    public SessionFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
