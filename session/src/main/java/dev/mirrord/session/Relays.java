package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.placement.PlacedAgent;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.kubernetes.tunnel.RelayServer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The ways to the session's further agents: as that to the first, each with its own socket. */
final class Relays {
    static final String FIRST_SOCKET = "relay.sock";

    private final SessionId id;
    private final Cluster cluster;
    private final SessionDirectory directory;
    private final @Nullable EngineSide engine;
    private final SessionLog log;
    private volatile boolean exec;

    /**
     * @param engine null where several sidecars come by the sockets alone
     */
    Relays(
            SessionId id,
            Cluster cluster,
            SessionDirectory directory,
            @Nullable EngineSide engine,
            SessionLog log) {
        this.id = id;
        this.cluster = cluster;
        this.directory = directory;
        this.engine = engine;
        this.log = log;
    }

    /** The sidecar does not reach the host's sockets. */
    void useExec() {
        exec = true;
    }

    /** Lets the sidecar's tunnels through to an agent that listens, until closed. */
    Relay open(int agent, PlacedAgent placed) {
        AgentForwards forwards =
                new AgentForwards(
                        new PortForward(cluster),
                        cluster.loops(),
                        CompletableFuture.completedFuture(placed.pod()),
                        CompletableFuture.completedFuture(placed));
        if (exec && engine != null) {
            ExecTunnels tunnels =
                    new ExecTunnels(engine, "tunnel-" + agent, () -> forwards.open(null), log);
            tunnels.start(Bootstrap.TUNNELS);
            return tunnels::close;
        }
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

    /** An open way. */
    @FunctionalInterface
    interface Relay extends AutoCloseable {
        @Override
        void close();
    }
}
