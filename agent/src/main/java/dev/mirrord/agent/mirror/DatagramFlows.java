package dev.mirrord.agent.mirror;

import dev.mirrord.agent.datagram.Client;
import dev.mirrord.agent.datagram.DatagramStream;
import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.tunnel.QueueRoom;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The clients that send datagrams to the mirrored ports: a stream for each, until nothing came for
 * a while. Belongs to the capture thread.
 */
final class DatagramFlows {
    private static final int MOST = 4096;
    private static final long QUEUE_BYTES = 16 << 20;

    /** As the kernel's connection tracking has it for traffic in one direction. */
    private static final long IDLE_NANOS = 30_000_000_000L;

    private final Map<Client, Copy> copies = new RecentlyUsed<>(Integer.MAX_VALUE);
    private final Tunnels tunnels;
    private final QueueRoom room = new QueueRoom(QUEUE_BYTES);
    private Map<Integer, MirroredPort> ports = Map.of();

    private static final class Copy {
        final DatagramStream stream;
        long lastNanos;

        Copy(DatagramStream stream) {
            this.stream = stream;
        }
    }

    DatagramFlows(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    /** From here on these ports are mirrored, and no others. */
    void ports(Map<Integer, MirroredPort> wanted) {
        ports = Map.copyOf(wanted);
        copies.entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !ports.containsKey(portOf(entry.getKey()));
                            if (gone) {
                                entry.getValue().stream.end();
                            }
                            return gone;
                        });
    }

    /** Takes the next captured datagram. */
    void datagram(UdpDatagram datagram, long nanos) {
        MirroredPort port = ports.get(datagram.destination().getPort());
        if (port == null) {
            return;
        }
        Losses losses = port.losses;
        Client client = new Client(datagram.source(), datagram.destination());
        Copy copy = copies.get(client);
        if (copy == null || copy.stream.isOver()) {
            copy = begin(client, losses);
        }
        if (copy == null) {
            losses.add(Losses.Kind.DATAGRAMS, 1);
            return;
        }
        copy.lastNanos = nanos;
        copy.stream.send(
                Unpooled.wrappedBuffer(datagram.packet(), datagram.offset(), datagram.length()));
    }

    private @Nullable Copy begin(Client client, Losses losses) {
        Optional<Tunnel> tunnel = tunnels.leastBusy();
        if (tunnel.isEmpty()) {
            copies.remove(client);
            return null;
        }
        Copy copy =
                new Copy(
                        DatagramStream.open(
                                tunnel.get(),
                                IncomingMode.MIRROR,
                                client,
                                losses,
                                room,
                                new Unheard()));
        copies.put(client, copy);
        if (copies.size() > MOST) {
            Map.Entry<Client, Copy> eldest = copies.entrySet().iterator().next();
            copies.remove(eldest.getKey());
            eldest.getValue().stream.end();
        }
        return copy;
    }

    /** Forgets who is silent; once a second. */
    void tick(long nanos) {
        copies.entrySet()
                .removeIf(
                        entry -> {
                            boolean silent = nanos - entry.getValue().lastNanos > IDLE_NANOS;
                            if (silent) {
                                entry.getValue().stream.end();
                            }
                            return silent;
                        });
    }

    /** Ends all. */
    void abort() {
        copies.values().forEach(copy -> copy.stream.end());
        copies.clear();
    }

    private static int portOf(Client client) {
        return client.destination().getPort();
    }

    /** What the app answers to a copy goes nowhere; most of it does not even leave the sidecar. */
    private static final class Unheard implements DatagramStream.Owner {
        @Override
        public void answered(ByteBuf datagram) {}

        @Override
        public void refused(List<ByteBuf> sent) {}

        @Override
        public void over(int errno) {}
    }
}
