package dev.mirrord.session.docker;

/** The container line cannot be run in a target's context as it was typed. */
public final class CommandException extends DockerFailure {

    public CommandException(String message, String advice) {
        super(message, advice, null);
    }

    public CommandException(String message) {
        this(message, "");
    }
}
