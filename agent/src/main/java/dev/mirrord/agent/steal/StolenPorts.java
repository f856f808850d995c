package dev.mirrord.agent.steal;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.Connections;
import dev.mirrord.agent.incoming.PortSource.Lost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which ports are stolen now, and whose. Written by the steal thread, read by event loops. */
final class StolenPorts {
    private final Map<Integer, Stolen> ports = new ConcurrentHashMap<>();
    private final Connections connections = new Connections();

    private record Stolen(Optional<HttpFilter> filter, Lost lost) {}

    Connections connections() {
        return connections;
    }

    boolean has(int port) {
        return ports.containsKey(port);
    }

    void put(int port, Optional<HttpFilter> filter, Lost lost) {
        ports.put(port, new Stolen(filter, lost));
    }

    /** False if another owner has it. */
    boolean remove(int port, Lost owner) {
        Stolen now = ports.get(port);
        return now != null && now.lost().equals(owner) && ports.remove(port, now);
    }

    /** Returns the owners of what was there. */
    List<Lost> clear() {
        List<Lost> owners = ports.values().stream().map(Stolen::lost).toList();
        ports.clear();
        return owners;
    }

    /** A port that is no longer stolen counts as filtered: nobody gets all of it. */
    boolean isFiltered(int port) {
        Stolen now = ports.get(port);
        return now == null || now.filter().isPresent();
    }

    /** The requests that are the app's; empty: none. */
    Optional<HttpFilter> filter(int port) {
        Stolen now = ports.get(port);
        return now == null ? Optional.empty() : now.filter();
    }
}
