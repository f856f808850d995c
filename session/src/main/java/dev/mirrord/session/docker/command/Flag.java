package dev.mirrord.session.docker.command;

/** A flag of the docker CLI. */
public interface Flag {

    /** Without the two dashes. */
    String longName();

    /** {@link #NO_SHORT_NAME} where there is none. */
    char shortName();

    FlagKind kind();

    char NO_SHORT_NAME = 0;
}
