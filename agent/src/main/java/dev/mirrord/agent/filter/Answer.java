package dev.mirrord.agent.filter;

/** Whether a request matches. */
public enum Answer {
    YES,
    NO,
    /** It depends on the body, which is not there yet. */
    BODY_DECIDES;

    static Answer of(boolean matches) {
        return matches ? YES : NO;
    }
}
