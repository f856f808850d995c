package dev.mirrord.agent.steal;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.Connections;
import dev.mirrord.agent.incoming.PortSource.Lost;
import dev.mirrord.agent.passing.Passing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which ports are stolen now, and whose. Written by the steal thread, read by event loops. */
final class StolenPorts {
    private final Map<Integer, Stolen> ports = new ConcurrentHashMap<>();
    private final Connections connections = new Connections();

    /**
     * @param place in the row of those who take from this port
     */
    record Stolen(Optional<HttpFilter> filter, Lost lost, int place) {}

    Connections connections() {
        return connections;
    }

    boolean has(int port) {
        return ports.containsKey(port);
    }

    void put(int port, Stolen stolen) {
        ports.put(port, stolen);
    }

    Optional<Stolen> get(int port) {
        return Optional.ofNullable(ports.get(port));
    }

    /** What it was; empty if another owner has it. */
    Optional<Stolen> remove(int port, Lost owner) {
        Optional<Stolen> now = get(port).filter(had -> had.lost().equals(owner));
        return now.filter(had -> ports.remove(port, had));
    }

    /** Returns the owners of what was there. */
    List<Lost> clear() {
        List<Lost> owners = ports.values().stream().map(Stolen::lost).toList();
        ports.clear();
        return owners;
    }

    /** A port that is no longer stolen counts as filtered: nobody gets all of it. */
    boolean isFiltered(int port) {
        return get(port).map(had -> had.filter().isPresent()).orElse(true);
    }

    /** The requests that are the app's; empty: none. */
    Optional<HttpFilter> filter(int port) {
        return get(port).flatMap(Stolen::filter);
    }

    /** Where what passes on goes on in the row; when it is no longer known, to the target. */
    int place(int port) {
        return get(port).map(Stolen::place).orElse(Passing.LAST);
    }
}
