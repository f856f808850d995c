package dev.mirrord.session.kubernetes.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Something about the cluster that the user has to know: what failed and on what, why, and what to
 * do about it. {@link #getMessage()} is the whole text, without a final full stop.
 */
public final class ClusterFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final String what;
    private final String why;
    private final String advice;

    /** Lets callers tell outcomes apart without reading text. */
    public enum Kind {
        CONFIGURATION,
        UNREACHABLE,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        NOT_RUNNING,
        /** As {@link #NOT_RUNNING}, but that may be over in a moment. */
        NOT_RUNNING_YET,
        NOT_SCHEDULED,
        IMAGE,
        REJECTED,
        TIMEOUT,
        AGENT,
        UNEXPECTED
    }

    public ClusterFailure(Kind kind, String what, String why, String advice) {
        this(kind, what, why, advice, null);
    }

    public ClusterFailure(
            Kind kind, String what, String why, String advice, @Nullable Throwable cause) {
        super(text(what, why, advice), cause);
        this.kind = kind;
        this.what = what;
        this.why = why;
        this.advice = advice;
    }

    public Kind kind() {
        return kind;
    }

    public String what() {
        return what;
    }

    public String why() {
        return why;
    }

    /** May be empty. */
    public String advice() {
        return advice;
    }

    private static String text(String what, String why, String advice) {
        StringBuilder text = new StringBuilder(what);
        if (!why.isEmpty()) {
            text.append(": ").append(why);
        }
        if (!advice.isEmpty()) {
            text.append("; ").append(advice);
        }
        return text.toString();
    }
}
