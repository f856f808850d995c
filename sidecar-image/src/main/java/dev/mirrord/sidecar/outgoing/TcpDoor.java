package dev.mirrord.sidecar.outgoing;

import dev.mirrord.config.filter.Transport;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import dev.mirrord.sidecar.capture.CapturePolicy;
import dev.mirrord.sidecar.dns.TcpQueries;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Where the app's captured connections arrive, IPv4 and IPv6 under one port number. */
public final class TcpDoor {
    private final CapturePolicy policy;
    private final HeldConnects held;
    private final TcpQueries queries;
    private final UnheldConnects unheld;

    public TcpDoor(
            CapturePolicy policy, HeldConnects held, TcpQueries queries, UnheldConnects unheld) {
        this.policy = policy;
        this.held = held;
        this.queries = queries;
        this.unheld = unheld;
    }

    /** Opens the listeners and returns their port. */
    public int open() {
        int port = TransparentListener.open(loopback("127.0.0.1"), 0, this::accepted).getPort();
        try {
            TransparentListener.open(loopback("::1"), port, this::accepted);
        } catch (SidecarFailure e) {
            Log.line("no IPv6 listener", "why", e.getMessage());
        }
        return port;
    }

    private void accepted(EpollSocketChannel channel) {
        if (held.accepted(channel)) {
            return;
        }
        InetSocketAddress destination = channel.localAddress();
        switch (policy.decide(Transport.TCP, destination)) {
            case DNS -> queries.serve(channel, true);
            case DNS_UPSTREAM -> queries.serve(channel, false);
            case TARGET -> unheld.serve(channel);
            case STAY -> TransparentListener.reset(channel);
        }
    }

    static InetAddress loopback(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
