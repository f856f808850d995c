package dev.mirrord.sidecar.outgoing;

import dev.mirrord.sidecar.capture.Flow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * SYNs of the recent past. One that was sent again while its first copy waited may be read from the
 * queue only after that copy has been let go: without this memory it would open a second connection
 * to the same destination, which nobody would ever use. Safe for threads.
 */
final class RecentSyns {
    private static final int MOST = 1024;

    private final Map<Flow, Integer> sequences =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Flow, Integer> eldest) {
                    return size() > MOST;
                }
            };

    synchronized void add(Flow flow, int sequence) {
        sequences.remove(flow);
        sequences.put(flow, sequence);
    }

    synchronized boolean isRepeated(Flow flow, int sequence) {
        return Objects.equals(sequences.get(flow), sequence);
    }

    /** The next copy counts as the first. */
    synchronized void forget(Flow flow) {
        sequences.remove(flow);
    }
}
