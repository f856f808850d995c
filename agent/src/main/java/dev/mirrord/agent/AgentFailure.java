package dev.mirrord.agent;

/** The agent cannot start; the message is for the user. */
public final class AgentFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public AgentFailure(String message) {
        super(message);
    }

    public AgentFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
