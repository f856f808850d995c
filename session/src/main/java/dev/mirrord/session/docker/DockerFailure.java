package dev.mirrord.session.docker;

import org.jspecify.annotations.Nullable;

/** A failure that is told to the user: what failed and why, then what to do. */
public abstract sealed class DockerFailure extends RuntimeException
        permits CommandException, EngineException {

    /** Docker's own convention for a container that was never started. */
    public static final int EXIT_CODE = 125;

    private final String advice;

    DockerFailure(String message, String advice, @Nullable Throwable cause) {
        super(message, cause);
        this.advice = advice;
    }

    /** What the user can do; empty where the message says it all. */
    public String advice() {
        return advice;
    }

    /** Message and advice as one text for the user. */
    public String text() {
        String message = getMessage();
        return advice.isEmpty() ? message + "" : message + "\n" + advice;
    }
}
