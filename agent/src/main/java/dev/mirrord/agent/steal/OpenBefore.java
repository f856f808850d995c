package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.passing.Passing;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TcpConnection;
import dev.mirrord.linux.socket.TcpConnections;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The target's connections at a port before it is stolen. They are its own; reset, their clients
 * come back, and reach the app.
 *
 * <p>They are found before the port is taken, since afterwards there are the agent's own, which the
 * kernel shows at the same port. Those that agents of other sessions have there, taken over or
 * passed on to the target, are left alone.
 */
final class OpenBefore {
    private final int port;
    private final List<TcpConnection> connections;

    private OpenBefore(int port, List<TcpConnection> connections) {
        this.port = port;
        this.connections = connections;
    }

    /** Called on a thread in the target's namespace. */
    static OpenBefore at(int port) throws IOException {
        try (TcpConnections all = TcpConnections.open()) {
            Set<Object> passing =
                    all.to(port).stream()
                            .filter(each -> (each.mark() & Passing.MASK) == Passing.MARK)
                            .map(TcpConnection::local)
                            .collect(Collectors.toSet());
            Predicate<TcpConnection> another =
                    each -> each.transparent() || passing.contains(each.remote());
            return new OpenBefore(
                    port, all.at(port).stream().filter(Predicate.not(another)).toList());
        }
    }

    static OpenBefore none(int port) {
        return new OpenBefore(port, List.of());
    }

    /**
     * @throws IOException with a message for the user when they stay with the target
     */
    void reset() throws IOException {
        if (connections.isEmpty()) {
            return;
        }
        int reset = 0;
        try (TcpConnections all = TcpConnections.open()) {
            for (TcpConnection each : connections) {
                try {
                    all.reset(each);
                    reset++;
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.ENOENT) {
                        throw e;
                    }
                }
            }
        } catch (ErrnoException e) {
            String why =
                    e.errno() == Errno.EOPNOTSUPP
                            ? "the node's kernel cannot reset connections, it is built without"
                                    + " CONFIG_INET_DIAG_DESTROY"
                            : String.valueOf(e.getMessage());
            throw new IOException(
                    "agent.flush_connections: %d connections to port %d that were open before stay with the target: %s"
                            .formatted(connections.size() - reset, port, why),
                    e);
        }
        AgentLog.info("connections reset", "port", port, "number", reset);
    }
}
