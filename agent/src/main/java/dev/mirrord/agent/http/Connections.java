package dev.mirrord.agent.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** All filtered connections of the agent, so that they can end before it does. */
public final class Connections {
    private static final int STEP_MILLIS = 50;

    private final Set<Ending> all = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    void add(Ending connection) {
        all.add(connection);
    }

    void remove(Ending connection) {
        all.remove(connection);
    }

    /** True when each answer is to be its connection's last. */
    boolean areEnding() {
        return ending;
    }

    /**
     * Lets each connection end with its next answer; at half time those that say nothing are
     * closed. Blocks for at most the given time, and no longer than there are any.
     */
    public void end(int millis) throws InterruptedException {
        ending = true;
        all.forEach(Ending::endSoon);
        for (int waited = 0; waited < millis && !all.isEmpty(); waited += STEP_MILLIS) {
            if (waited >= millis / 2) {
                all.forEach(Ending::endIfIdle);
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
    }
}
