package dev.mirrord.agent.tls;

/** Certificate, key or settings cannot be used; the message is for the user, without any secret. */
final class UnusableTls extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableTls(String message) {
        super(message);
    }

    UnusableTls(String message, Throwable cause) {
        super(message, cause);
    }
}
