package dev.mirrord.sidecar;

/** The session cannot go on; the message is a sentence for the user. */
public final class SidecarFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SidecarFailure(String message) {
        super(message);
    }

    public SidecarFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
