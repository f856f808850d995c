package dev.mirrord.sidecar.incoming;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * To whom the app's incoming UDP ports have spoken lately. What the app sends them later, when the
 * flow is over, is an answer that came too late, or one to a copy: it must not leave as traffic of
 * its own. Any thread.
 */
public final class RecentPeers {
    private static final int MOST = 16_384;

    private final Map<Answer, Boolean> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Answer, Boolean> eldest) {
                    return size() > MOST;
                }
            };

    private record Answer(int port, InetSocketAddress peer) {}

    synchronized void add(int port, InetSocketAddress peer) {
        known.put(new Answer(port, peer), true);
    }

    /** True for a datagram of the app that answers one which came from there. */
    public synchronized boolean isAnswer(InetSocketAddress from, InetSocketAddress to) {
        return !known.isEmpty() && known.containsKey(new Answer(from.getPort(), to));
    }
}
