package dev.mirrord.agent.steal;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TcpConnections;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for connections in a client's name. The client has connections to the same place, and may
 * begin one at any time; two with the same ends break each other. So these ports are below those
 * that operating systems give to clients (from 32768 or 49152 on), and the client must not have
 * them to the same place now. Belongs to one thread, which is in the target's namespace.
 */
final class SourcePorts {
    /** How often one may ask for a port before it is better to let the kernel choose. */
    static final int ATTEMPTS = 16;

    private static final int FIRST = 1024;
    private static final int COUNT = 32768 - FIRST;

    private static final FastThreadLocal<SourcePorts> OF_THREAD =
            new FastThreadLocal<>() {
                @Override
                protected SourcePorts initialValue() throws ErrnoException {
                    return new SourcePorts(TcpConnections.open());
                }

                @Override
                protected void onRemoval(SourcePorts ports) {
                    ports.connections.close();
                }
            };

    private final TcpConnections connections;
    private int next = ThreadLocalRandom.current().nextInt(COUNT);

    private SourcePorts(TcpConnections connections) {
        this.connections = connections;
    }

    /** Of the calling thread. */
    static SourcePorts ofThread() {
        return OF_THREAD.get();
    }

    /** An address of {@code client} for a connection to {@code destination}. */
    InetSocketAddress source(InetAddress client, InetSocketAddress destination) {
        for (int i = 0; i < ATTEMPTS; i++) {
            InetSocketAddress source = new InetSocketAddress(client, FIRST + next);
            next = (next + 1) % COUNT;
            if (!isConnected(destination, source)) {
                return source;
            }
        }
        return new InetSocketAddress(client, 0);
    }

    private boolean isConnected(InetSocketAddress destination, InetSocketAddress source) {
        try {
            return connections.has(destination, source);
        } catch (ErrnoException e) {
            // Nothing is known then, which was enough for all connections but few.
            return false;
        }
    }
}
