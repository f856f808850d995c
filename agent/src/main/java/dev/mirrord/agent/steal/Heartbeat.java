package dev.mirrord.agent.steal;

import dev.mirrord.agent.tunnel.TargetLoops;
import java.util.concurrent.TimeUnit;

/**
 * The agent's sign of life: once a second it goes round all event loops, then renews what the
 * kernel's rules look at. That it comes round proves that the loops move.
 */
final class Heartbeat {
    private final TargetLoops loops;
    private final Runnable renew;
    private volatile boolean ended;

    private Heartbeat(TargetLoops loops, Runnable renew) {
        this.loops = loops;
        this.renew = renew;
    }

    /**
     * Beats until it is ended.
     *
     * @param renew on an event loop; must not block
     */
    static Heartbeat start(TargetLoops loops, Runnable renew) {
        Heartbeat heartbeat = new Heartbeat(loops, renew);
        heartbeat.schedule();
        return heartbeat;
    }

    /** Any thread. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    private void schedule() {
        loops.all().getFirst().schedule(() -> beat(0), 1, TimeUnit.SECONDS);
    }

    private void beat(int loop) {
        if (loop < loops.all().size()) {
            loops.all().get(loop).execute(() -> beat(loop + 1));
            return;
        }
        if (!ended) {
            renew.run();
            schedule();
        }
    }
}
