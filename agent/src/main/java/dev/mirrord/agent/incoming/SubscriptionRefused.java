package dev.mirrord.agent.incoming;

import dev.mirrord.linux.Errno;

/** A port cannot be subscribed; the message is for the user. */
public final class SubscriptionRefused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public SubscriptionRefused(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** What comes in datagrams has no requests. */
    public static SubscriptionRefused filteredDatagrams() {
        return new SubscriptionRefused(Errno.EINVAL, "an HTTP filter cannot judge datagrams");
    }

    public int errno() {
        return errno;
    }
}
