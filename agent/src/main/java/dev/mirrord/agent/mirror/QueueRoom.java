package dev.mirrord.agent.mirror;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for what the tunnels have not taken yet, of all mirrored connections; any thread. */
final class QueueRoom {
    private static final long BYTES = 48 << 20;

    private final AtomicLong used = new AtomicLong();

    /** False if there is no room for so many bytes; they are not taken then. */
    boolean take(int bytes) {
        if (used.addAndGet(bytes) <= BYTES) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void giveBack(int bytes) {
        used.addAndGet(-bytes);
    }
}
