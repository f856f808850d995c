package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.placement.PlacedAgent;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.kubernetes.tunnel.RelayServer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The ways to the session's agents: for each a socket of this host and, for sidecars that do not
 * reach it, tunnels over {@code docker exec}.
 */
final class Relays implements AutoCloseable {
    static final String FIRST_SOCKET = "relay.sock";
    private static final String FIRST_TUNNEL = "tunnel";

    private final SessionId id;
    private final Cluster cluster;
    private final SessionDirectory directory;
    private final SessionLog log;

    /** By the name that a sidecar has for a way. */
    private final Map<String, AgentForwards> open = new HashMap<>();

    private final Map<EngineSide, Map<String, ExecTunnels>> byExec = new HashMap<>();

    /**
     * @param first way to the first agent
     */
    Relays(
            SessionId id,
            Cluster cluster,
            SessionDirectory directory,
            AgentForwards first,
            SessionLog log) {
        this.id = id;
        this.cluster = cluster;
        this.directory = directory;
        this.log = log;
        open.put(FIRST_TUNNEL, first);
    }

    /** A running sidecar does not reach this host's sockets. */
    synchronized void useExec(EngineSide sidecar) {
        byExec.computeIfAbsent(sidecar, _ -> new HashMap<>());
        open.forEach((name, forwards) -> start(sidecar, name, forwards));
    }

    private void start(EngineSide sidecar, String name, AgentForwards forwards) {
        byExec.getOrDefault(sidecar, new HashMap<>())
                .computeIfAbsent(
                        name,
                        _ -> {
                            ExecTunnels tunnels =
                                    new ExecTunnels(sidecar, name, () -> forwards.open(null), log);
                            tunnels.start(Bootstrap.TUNNELS);
                            return tunnels;
                        });
    }

    /** A sidecar ends. */
    synchronized void leave(EngineSide sidecar) {
        Map<String, ExecTunnels> tunnels = byExec.remove(sidecar);
        if (tunnels != null) {
            tunnels.values().forEach(ExecTunnels::close);
        }
    }

    /** Lets the sidecars' tunnels through to a further agent, which listens, until closed. */
    Relay open(int agent, PlacedAgent placed) {
        AgentForwards forwards = forwards(placed);
        String name = FIRST_TUNNEL + "-" + agent;
        synchronized (this) {
            open.put(name, forwards);
            byExec.keySet().forEach(sidecar -> start(sidecar, name, forwards));
        }
        Relay socket = listen(agent, forwards);
        return () -> {
            socket.close();
            forget(name);
        };
    }

    /** A socket of this host alone: {@code relay-N.sock}. */
    Relay listen(int agent, PlacedAgent placed) {
        return listen(agent, forwards(placed));
    }

    private Relay listen(int agent, AgentForwards forwards) {
        RelayServer server =
                RelayServer.listen(
                        directory.parent(),
                        id.value(),
                        "relay-" + agent + ".sock",
                        cluster.loops(),
                        forwards::open,
                        lost -> log.failure("tunnel lost", lost));
        return server::close;
    }

    private AgentForwards forwards(PlacedAgent placed) {
        return new AgentForwards(
                new PortForward(cluster),
                cluster.loops(),
                CompletableFuture.completedFuture(placed.pod()),
                CompletableFuture.completedFuture(placed));
    }

    private synchronized void forget(String name) {
        open.remove(name);
        for (Map<String, ExecTunnels> tunnels : byExec.values()) {
            ExecTunnels gone = tunnels.remove(name);
            if (gone != null) {
                gone.close();
            }
        }
    }

    @Override
    public synchronized void close() {
        byExec.values().forEach(tunnels -> tunnels.values().forEach(ExecTunnels::close));
        byExec.clear();
    }

    /** An open way. */
    @FunctionalInterface
    interface Relay extends AutoCloseable {
        @Override
        void close();
    }
}
