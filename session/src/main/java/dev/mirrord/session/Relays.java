package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.placement.PlacedAgent;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.kubernetes.tunnel.PortForwardChannel;
import dev.mirrord.session.kubernetes.tunnel.RelayServer;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The ways to the session's agents: for each a socket of this host and, for sidecars that do not
 * reach it, tunnels over {@code docker exec}.
 */
final class Relays implements AutoCloseable {
    static final String FIRST_SOCKET = "relay.sock";
    private static final String FIRST_TUNNEL = "tunnel";

    /** How long a sidecar that is ready may take to reach the relay's socket. */
    private static final long PROBE_MILLISECONDS = 1_500;

    private final SessionId id;
    private final Cluster cluster;
    private final SessionDirectory directory;
    private final SessionLog log;

    private final RelayServer first;

    /** Whether sidecars come to the first socket; false too when the first of them did not. */
    private final CompletableFuture<Boolean> reached = new CompletableFuture<>();

    /** By the name that a sidecar has for a way. */
    private final Map<String, AgentForwards> open = new HashMap<>();

    private final Map<EngineSide, Sidecar> sidecars = new HashMap<>();

    /** One that is served. */
    private final class Sidecar {
        final Map<String, ExecTunnels> tunnels = new HashMap<>();
        final EngineSide engine;
        boolean byExec;

        Sidecar(EngineSide engine) {
            this.engine = engine;
        }

        void start(String name, AgentForwards forwards) {
            ExecTunnels way = new ExecTunnels(engine, name, () -> forwards.open(null), log);
            way.start(Bootstrap.TUNNELS);
            tunnels.put(name, way);
        }
    }

    /**
     * Listens at a socket in the session's directory.
     *
     * @param forwards to the first agent, which may still be on its way
     */
    Relays(
            SessionId id,
            Cluster cluster,
            SessionDirectory directory,
            AgentForwards forwards,
            SessionLog log) {
        this.id = id;
        this.cluster = cluster;
        this.directory = directory;
        this.log = log;
        open.put(FIRST_TUNNEL, forwards);
        this.first =
                listen(
                        FIRST_SOCKET,
                        loop -> {
                            reached.complete(true);
                            return forwards.open(loop);
                        });
    }

    /**
     * Once a sidecar runs: it comes by the sockets, else it is come for over {@code docker exec},
     * until {@link #leave}.
     */
    synchronized void serve(EngineSide engine, CompletableFuture<?> ready) {
        Sidecar sidecar = new Sidecar(engine);
        sidecars.put(engine, sidecar);
        if (!engine.sharesFiles()) {
            reached.complete(false);
        }
        ready.thenCompose(
                        _ ->
                                reached.completeOnTimeout(
                                        false, PROBE_MILLISECONDS, TimeUnit.MILLISECONDS))
                .thenAccept(
                        works -> {
                            if (!works) {
                                useExec(sidecar);
                            }
                        });
    }

    private synchronized void useExec(Sidecar sidecar) {
        if (sidecars.containsKey(sidecar.engine)) {
            log.line("the sidecar does not reach the relay socket");
            sidecar.byExec = true;
            open.forEach(sidecar::start);
        }
    }

    /** Whether it is known how sidecars come to the agents. */
    boolean isWayKnown() {
        return reached.isDone();
    }

    synchronized void leave(EngineSide engine) {
        Sidecar left = sidecars.remove(engine);
        if (left != null) {
            left.tunnels.values().forEach(ExecTunnels::close);
        }
    }

    /** Lets the sidecars' tunnels through to a further agent, which listens, until closed. */
    Relay open(int agent, PlacedAgent placed) {
        AgentForwards forwards = forwards(placed);
        String name = FIRST_TUNNEL + "-" + agent;
        synchronized (this) {
            open.put(name, forwards);
            sidecars.values().stream()
                    .filter(each -> each.byExec)
                    .forEach(each -> each.start(name, forwards));
        }
        RelayServer socket = listen(furtherSocket(agent), forwards::open);
        return () -> {
            socket.close();
            forget(name);
        };
    }

    /** A way to the first agent beside that of the sidecars: {@code relay-1.sock}. */
    Relay secondWay(PlacedAgent agent) {
        return listen(furtherSocket(1), forwards(agent)::open)::close;
    }

    private static String furtherSocket(int agent) {
        return "relay-" + agent + ".sock";
    }

    private RelayServer listen(
            String socket, Function<EventLoop, CompletableFuture<PortForwardChannel>> opener) {
        return RelayServer.listen(
                directory.parent(),
                id.value(),
                socket,
                cluster.loops(),
                opener,
                lost -> log.failure("tunnel lost", lost));
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
        for (Sidecar each : sidecars.values()) {
            ExecTunnels gone = each.tunnels.remove(name);
            if (gone != null) {
                gone.close();
            }
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(sidecars.keySet()).forEach(this::leave);
        first.close();
    }

    /** An open way. */
    @FunctionalInterface
    interface Relay extends AutoCloseable {
        @Override
        void close();
    }
}
