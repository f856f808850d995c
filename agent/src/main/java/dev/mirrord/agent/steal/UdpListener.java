package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TransparentReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes stolen datagrams on a port of the target's loopback addresses, a thread for each family.
 * Only TPROXY reaches it from outside.
 */
final class UdpListener {
    private static final int FIRST_PORT = 47_000;
    private static final int PORTS = 1000;

    private final int port;
    private final List<TransparentReceiver> receivers;

    private UdpListener(int port, List<TransparentReceiver> receivers) {
        this.port = port;
        this.receivers = receivers;
    }

    int port() {
        return port;
    }

    /** Its threads end. */
    void close() {
        receivers.forEach(TransparentReceiver::close);
    }

    /** Opens it in the network namespace of the calling thread. */
    static UdpListener open(StolenFlows flows) throws IOException {
        for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
            try {
                List<TransparentReceiver> receivers = new ArrayList<>();
                receivers.add(TransparentReceiver.open(loopback("127.0.0.1"), port));
                openIpv6(port).ifPresent(receivers::add);
                receivers.forEach(each -> serve(each, flows));
                return new UdpListener(port, List.copyOf(receivers));
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EADDRINUSE) {
                    throw e;
                }
            }
        }
        throw new IOException("no free UDP port from " + FIRST_PORT + " on");
    }

    private static Optional<TransparentReceiver> openIpv6(int port) throws IOException {
        try {
            return Optional.of(TransparentReceiver.open(loopback("::1"), port));
        } catch (ErrnoException e) {
            AgentLog.info("no IPv6 datagrams", "why", e.getMessage());
            return Optional.empty();
        }
    }

    private static InetAddress loopback(String address) throws IOException {
        return InetAddress.getByName(address);
    }

    private static void serve(TransparentReceiver receiver, StolenFlows flows) {
        Thread.ofPlatform()
                .daemon()
                .name("steal-datagrams")
                .start(
                        () -> {
                            try {
                                receiver.run(flows::datagram);
                            } catch (ErrnoException e) {
                                AgentLog.warn("datagrams end", "why", e.getMessage());
                            }
                        });
    }
}
