package dev.mirrord.config.filter;

/** Where a connection or a query is to be served. */
public enum Side {
    /** On the user's machine, as without mirrord. */
    LOCAL,
    /** From the target's pod. */
    REMOTE;

    public Side other() {
        return this == LOCAL ? REMOTE : LOCAL;
    }
}
