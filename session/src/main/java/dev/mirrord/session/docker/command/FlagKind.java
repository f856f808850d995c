package dev.mirrord.session.docker.command;

/** How a flag takes its value, as pflag (the docker CLI's flag library) does. */
public enum FlagKind {
    /** {@code --rm}, {@code --rm=false}: never takes the next word. */
    BOOLEAN,
    /** The last one given counts. */
    VALUE,
    /** Each one given adds to the others. */
    LIST
}
