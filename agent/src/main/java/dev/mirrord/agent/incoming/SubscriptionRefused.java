package dev.mirrord.agent.incoming;

/** A port cannot be subscribed; the message is for the user. */
public final class SubscriptionRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public SubscriptionRefused(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
