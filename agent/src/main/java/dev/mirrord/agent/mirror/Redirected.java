package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.incoming.ServiceMesh;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TcpConnections;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections of which a service mesh's proxy gets the packets though they name the target's port:
 * what the proxy makes of them is copied, not they themselves. Belongs to the capture thread.
 *
 * <p>Such a connection can be over before its packets are looked at, and then nobody knows any more
 * who had it. The rules of a mesh are about ports: what was seen last at this port holds, and at
 * first that the proxy gets everything.
 */
final class Redirected implements AutoCloseable {
    private final List<ServiceMesh> meshes;
    private final @Nullable TcpConnections sockets;
    private final Map<Integer, Boolean> seen = new HashMap<>();

    private Redirected(List<ServiceMesh> meshes, @Nullable TcpConnections sockets) {
        this.meshes = meshes;
        this.sockets = sockets;
    }

    /** In the network namespace of the calling thread. */
    static Redirected here() {
        try {
            List<ServiceMesh> meshes = ServiceMesh.here();
            return new Redirected(meshes, meshes.isEmpty() ? null : TcpConnections.open());
        } catch (IOException e) {
            AgentLog.warn("cannot look for a service mesh", "why", e.getMessage());
            return new Redirected(List.of(), null);
        }
    }

    /** True if the proxy gets a connection that comes from outside. */
    boolean has(InetSocketAddress client, InetSocketAddress target) {
        TcpConnections known = sockets;
        if (known == null) {
            return false;
        }
        try {
            if (known.has(target, client)) {
                seen.put(target.getPort(), false);
            }
            for (ServiceMesh mesh : meshes) {
                if (known.has(new InetSocketAddress(target.getAddress(), mesh.inbound()), client)) {
                    seen.put(target.getPort(), true);
                }
            }
        } catch (ErrnoException e) {
            AgentLog.warn("cannot see who has a connection", "why", e.getMessage());
        }
        return seen.getOrDefault(target.getPort(), true);
    }

    @Override
    public void close() {
        if (sockets != null) {
            sockets.close();
        }
    }
}
