package dev.mirrord.sidecar.incoming;

import dev.mirrord.linux.socket.DatagramSocketEntry;
import dev.mirrord.linux.socket.DatagramSockets;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.capture.Marks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The UDP ports that the app has bound and not connected, and what their sockets had no room for.
 * Belongs to the thread that watches the ports.
 */
public final class BoundPorts {
    private final DatagramSockets sockets = DatagramSockets.open();
    private final int ownPort;
    private final IntPredicate served;
    private final Counters counters;
    private Map<Long, Long> drops = Map.of();

    /**
     * @param ownPort where the sidecar's loopback sockets are
     * @param served a port that gets the target's traffic: drops of others are the app's own
     */
    public BoundPorts(int ownPort, IntPredicate served, Counters counters) {
        this.ownPort = ownPort;
        this.served = served;
        this.counters = counters;
    }

    /** The whole picture. */
    SortedMap<Integer, List<ListenAddress>> now() throws IOException {
        SortedMap<Integer, List<ListenAddress>> ports = new TreeMap<>();
        Map<Long, Long> dropsNow = new HashMap<>();
        for (DatagramSocketEntry socket : sockets.list()) {
            if (isApps(socket)) {
                ports.computeIfAbsent(socket.port(), any -> new ArrayList<>())
                        .add(new ListenAddress(socket.address(), socket.port()));
                if (served.test(socket.port())) {
                    dropsNow.put(socket.inode(), socket.drops());
                }
            }
        }
        count(dropsNow);
        ports.values()
                .forEach(
                        list -> list.sort(Comparator.comparing(each -> each.address().toString())));
        return ports;
    }

    private boolean isApps(DatagramSocketEntry socket) {
        boolean own =
                Marks.isOurs(socket.mark())
                        || (socket.port() == ownPort && socket.address().isLoopbackAddress());
        return !own && !socket.address().getHostAddress().equals(AppPorts.DOCKER_DNS);
    }

    private void count(Map<Long, Long> now) {
        now.forEach(
                (inode, number) -> {
                    long more = number - drops.getOrDefault(inode, number);
                    if (more > 0) {
                        counters.add(Counter.LOST_DATAGRAMS, more);
                    }
                });
        drops = now;
    }
}
