package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TransparentReceiver;
import java.io.IOException;
import java.net.InetAddress;

/**
 * Takes stolen datagrams on a port of the target's loopback addresses, a thread for each family.
 * Only TPROXY reaches it from outside.
 */
final class UdpListener {
    private static final int FIRST_PORT = 47_000;
    private static final int PORTS = 1000;

    private final int port;

    private UdpListener(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /** Opens it in the network namespace of the calling thread. */
    static UdpListener open(StolenFlows flows) throws IOException {
        for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
            try {
                serve(TransparentReceiver.open(loopback("127.0.0.1"), port), flows, "ipv4");
                openIpv6(port, flows);
                return new UdpListener(port);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EADDRINUSE) {
                    throw e;
                }
            }
        }
        throw new IOException("no free UDP port from " + FIRST_PORT + " on");
    }

    private static void openIpv6(int port, StolenFlows flows) throws IOException {
        try {
            serve(TransparentReceiver.open(loopback("::1"), port), flows, "ipv6");
        } catch (ErrnoException e) {
            AgentLog.info("no IPv6 datagrams", "why", e.getMessage());
        }
    }

    private static InetAddress loopback(String address) throws IOException {
        return InetAddress.getByName(address);
    }

    private static void serve(TransparentReceiver receiver, StolenFlows flows, String family) {
        Thread.ofPlatform()
                .daemon()
                .name("steal-udp-" + family)
                .start(
                        () -> {
                            try {
                                receiver.run(flows::datagram);
                            } catch (ErrnoException e) {
                                AgentLog.warn(
                                        "datagrams end", "family", family, "why", e.getMessage());
                            }
                        });
    }
}
