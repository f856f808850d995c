package dev.mirrord.sidecar.outgoing;

import dev.mirrord.config.filter.Transport;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TransparentReceiver;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import dev.mirrord.sidecar.capture.CapturePolicy;
import dev.mirrord.sidecar.dns.UdpQueries;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/** Where the app's captured datagrams arrive: a thread for each address family. */
public final class UdpDoor {
    private static final int ADDRESS = 19;
    private static final int IDLE_SECONDS = 60;
    private static final int SWEEP_SECONDS = 10;
    private static final int FIRST_PORT = 47000;
    private static final int PORTS = 1000;

    private final CapturePolicy policy;
    private final UdpQueries queries;
    private final DatagramSenders senders;
    private final DatagramErrors errors;
    private final Supplier<Optional<Tunnel>> tunnels;
    private final Counters counters;
    private final BiPredicate<InetSocketAddress, InetSocketAddress> answers;
    private final Map<InetSocketAddress, UdpAssociation> associations = new ConcurrentHashMap<>();

    /**
     * @param answers from the app's address to a client's: no traffic of its own
     */
    public UdpDoor(
            CapturePolicy policy,
            UdpQueries queries,
            DatagramSenders senders,
            DatagramErrors errors,
            Supplier<Optional<Tunnel>> tunnels,
            Counters counters,
            BiPredicate<InetSocketAddress, InetSocketAddress> answers) {
        this.answers = answers;
        this.policy = policy;
        this.queries = queries;
        this.senders = senders;
        this.errors = errors;
        this.tunnels = tunnels;
        this.counters = counters;
    }

    /** Opens the sockets and returns their port. */
    public int open() {
        for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
            try {
                serve(TransparentReceiver.open(TcpDoor.loopback("127.0.0.1"), port), "ipv4");
                openIpv6(port);
                EventLoops.next()
                        .scheduleWithFixedDelay(
                                this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
                return port;
            } catch (ErrnoException e) {
                if (e.errno() != 98) {
                    throw new SidecarFailure(
                            "the sidecar cannot open a transparent UDP socket: " + e.getMessage(),
                            e);
                }
            }
        }
        throw new SidecarFailure("no free UDP port from " + FIRST_PORT + " on");
    }

    void forget(InetSocketAddress app, UdpAssociation association) {
        associations.remove(app, association);
    }

    private void openIpv6(int port) {
        try {
            serve(TransparentReceiver.open(TcpDoor.loopback("::1"), port), "ipv6");
        } catch (ErrnoException e) {
            Log.line("no IPv6 datagrams", "why", e.getMessage());
        }
    }

    private void serve(TransparentReceiver receiver, String family) {
        Thread.ofPlatform()
                .daemon()
                .name("mirrord-udp-" + family)
                .start(
                        () -> {
                            try {
                                receiver.run(this::onDatagram);
                            } catch (ErrnoException e) {
                                Log.line("datagrams end", "family", family, "why", e.getMessage());
                            }
                        });
    }

    private void onDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuffer data) {
        switch (policy.decide(Transport.UDP, to)) {
            case DNS -> queries.onQuery(from, to, data);
            case DNS_UPSTREAM -> queries.onUpstreamQuery(from, to, data);
            case TARGET -> {
                if (!answers.test(from, to)) {
                    forward(from, to, data);
                }
            }
            case STAY -> {}
        }
    }

    private void forward(InetSocketAddress from, InetSocketAddress to, ByteBuffer data) {
        UdpAssociation association = associations.get(from);
        if (association == null) {
            Optional<Tunnel> tunnel = tunnels.get();
            if (tunnel.isEmpty()) {
                return;
            }
            association = new UdpAssociation(from, tunnel.get(), senders, errors, this);
            associations.put(from, association);
            counters.add(Counter.OUTGOING_UDP);
        }
        ByteBuf message = ByteBufAllocator.DEFAULT.directBuffer(ADDRESS + data.remaining());
        AddressCodec.write(message, to).writeBytes(data);
        association.send(message);
    }

    private void sweep() {
        long limit = System.nanoTime() - TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
        associations.forEach(
                (app, association) -> {
                    if (association.idleSince(limit)) {
                        forget(app, association);
                        association.close();
                    }
                });
    }
}
