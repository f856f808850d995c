package dev.mirrord.agent.tunnel;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for what the tunnels have not taken yet, of many streams together; any thread. */
public final class QueueRoom {
    private final AtomicLong used = new AtomicLong();
    private final long bytes;

    public QueueRoom(long bytes) {
        this.bytes = bytes;
    }

    /** False if there is no room for so many bytes; they are not taken then. */
    public boolean take(int wanted) {
        if (used.addAndGet(wanted) <= bytes) {
            return true;
        }
        used.addAndGet(-wanted);
        return false;
    }

    public void giveBack(int taken) {
        used.addAndGet(-taken);
    }
}
