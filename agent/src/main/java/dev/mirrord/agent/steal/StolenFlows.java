package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.datagram.Client;
import dev.mirrord.agent.datagram.DatagramStream;
import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.passing.Passing;
import dev.mirrord.agent.tunnel.QueueRoom;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TransparentSender;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The clients of stolen UDP ports: a stream for each, until it is silent for as long as the
 * kernel's connection tracking waits. Any thread.
 *
 * <pre>
 *   datagram --&gt; stream to the app --answers--&gt; AnswerSockets
 *      '--refused, no tunnel--&gt; to the target, from the client's own address; the flow's mark makes
 *                               the rest of it go there without us
 * </pre>
 */
final class StolenFlows {
    private static final int MOST = 4096;
    private static final long QUEUE_BYTES = 16 << 20;
    private static final long IDLE_NANOS = 30_000_000_000L;
    private static final long IDLE_ANSWERED_NANOS = 120_000_000_000L;

    private final Map<Client, Flow> flows = new LinkedHashMap<>(64, 0.75f, true);
    private final Tunnels tunnels;
    private final AnswerSockets answers;
    private final IntFunction<Optional<Losses>> losses;
    private final QueueRoom room = new QueueRoom(QUEUE_BYTES);

    /**
     * @param losses of a port; empty for one that is not stolen
     */
    StolenFlows(Tunnels tunnels, AnswerSockets answers, IntFunction<Optional<Losses>> losses) {
        this.tunnels = tunnels;
        this.answers = answers;
        this.losses = losses;
    }

    /** Takes what the listener got; {@code data} is valid during the call. */
    void datagram(InetSocketAddress peer, InetSocketAddress destination, ByteBuffer data) {
        Optional<Losses> counted = losses.apply(destination.getPort());
        Client client = new Client(peer, destination);
        if (counted.isEmpty()) {
            pass(client, data);
            return;
        }
        Optional<Flow> flow = flow(client, counted.get());
        if (flow.isEmpty()) {
            pass(client, data);
            return;
        }
        ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(Math.max(data.remaining(), 1));
        flow.get().stream.send(copy.writeBytes(data));
    }

    /** The client's flow; empty when the app does not take it. */
    private synchronized Optional<Flow> flow(Client client, Losses counted) {
        Flow known = flows.get(client);
        if (known != null && known.refused) {
            flows.remove(client);
            return Optional.empty();
        }
        if (known == null || known.stream.isOver()) {
            Optional<Tunnel> tunnel = tunnels.leastBusy();
            if (tunnel.isEmpty()) {
                return Optional.empty();
            }
            known = new Flow(client, tunnel.get(), counted);
            flows.put(client, known);
            endEldest();
        }
        known.lastNanos = System.nanoTime();
        return Optional.of(known);
    }

    private void endEldest() {
        if (flows.size() > MOST) {
            Client eldest = flows.keySet().iterator().next();
            Flow ended = flows.remove(eldest);
            if (ended != null) {
                ended.stream.end();
            }
        }
    }

    /** Ends all of a port that is no longer stolen. */
    synchronized void end(int port) {
        flows.entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = entry.getKey().destination().getPort() == port;
                            if (gone) {
                                entry.getValue().stream.end();
                            }
                            return gone;
                        });
    }

    /** Forgets who is silent; once a second. */
    synchronized void tick() {
        long now = System.nanoTime();
        flows.values()
                .removeIf(
                        flow -> {
                            long most = flow.answered ? IDLE_ANSWERED_NANOS : IDLE_NANOS;
                            boolean silent = now - flow.lastNanos > most;
                            if (silent) {
                                flow.stream.end();
                            }
                            return silent;
                        });
    }

    private static void pass(Client client, ByteBuffer data) {
        try (TransparentSender sender =
                TransparentSender.open(client.peer(), UdpScript.PASSED, Passing.HOPS)) {
            sender.send(data, client.destination());
        } catch (ErrnoException e) {
            AgentLog.warn("datagram not passed to the target", "why", e.getMessage());
        }
    }

    private final class Flow implements DatagramStream.Owner {
        private final Client client;
        private final DatagramStream stream;
        private volatile long lastNanos = System.nanoTime();
        private volatile boolean answered;
        private volatile boolean refused;

        Flow(Client client, Tunnel tunnel, Losses losses) {
            this.client = client;
            answers.of(client.destination());
            this.stream =
                    DatagramStream.open(tunnel, IncomingMode.STEAL, client, losses, room, this);
        }

        @Override
        public void answered(ByteBuf datagram) {
            answered = true;
            lastNanos = System.nanoTime();
            answers.send(client.destination(), client.peer(), datagram);
        }

        @Override
        public void refused(List<ByteBuf> sent) {
            forget();
            sent.forEach(each -> pass(client, each.nioBuffer()));
        }

        @Override
        public void over(int errno) {
            if (errno == Errno.ECONNREFUSED && !answered) {
                // The app has never heard it: the next datagram is the target's.
                refused = true;
            } else {
                forget();
            }
        }

        private void forget() {
            synchronized (StolenFlows.this) {
                flows.remove(client, this);
            }
        }
    }
}
