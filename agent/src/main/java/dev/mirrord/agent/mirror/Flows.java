package dev.mirrord.agent.mirror;

import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.tunnel.QueueRoom;
import dev.mirrord.agent.tunnel.Tunnels;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the mirrored ports, each followed from its SYN on. Belongs to the capture
 * thread.
 *
 * <pre>
 *   SYN ──► begun ──first segment of the client after it──► followed ──end, reset, hole──► over
 *   any other segment of an unknown connection ──► was open before: counted, not taken up
 * </pre>
 *
 * A SYN alone changes nothing: the kernel does not believe one inside a connection (RFC 5961,
 * section 4). Only when the client goes on from it, a connection with the same addresses is over.
 */
final class Flows {
    private static final int MOST = 4096;
    private static final int MOST_UNKNOWN = 16_384;
    private static final int MOST_WAITING = 12 << 20;
    private static final long QUEUE_BYTES = 48 << 20;

    private final Map<Ends, TcpSegment> begun = new RecentlyUsed<>(MOST);
    private final Map<Ends, Flow> followed = new RecentlyUsed<>(Integer.MAX_VALUE);

    /** Connections that are not, or no longer, followed. */
    private final Map<Ends, Boolean> passed = new RecentlyUsed<>(MOST_UNKNOWN);

    private final Tunnels tunnels;
    private final Redirected redirected;
    private final QueueRoom room = new QueueRoom(QUEUE_BYTES);
    private Map<Integer, MirroredPort> ports = Map.of();
    private long waiting;

    Flows(Tunnels tunnels, Redirected redirected) {
        this.tunnels = tunnels;
        this.redirected = redirected;
    }

    private record Ends(InetSocketAddress client, InetSocketAddress target) {}

    /** From here on these ports are mirrored; connections to others are reset. */
    void ports(Map<Integer, MirroredPort> wanted) {
        ports = Map.copyOf(wanted);
        List.copyOf(followed.keySet()).stream()
                .filter(ends -> !ports.containsKey(ends.target().getPort()))
                .forEach(
                        ends -> {
                            Flow flow = followed.get(ends);
                            if (flow != null) {
                                over(ends, flow);
                                flow.abort();
                            }
                        });
        begun.keySet().removeIf(ends -> !ports.containsKey(ends.target().getPort()));
        passed.keySet().removeIf(ends -> !ports.containsKey(ends.target().getPort()));
    }

    /**
     * Takes the next captured segment.
     *
     * @param nanos the time, for holes that stay open
     */
    void segment(TcpSegment segment, long nanos) {
        MirroredPort port = ports.get(segment.destination().getPort());
        if (port == null) {
            return;
        }
        Ends ends = new Ends(segment.source(), segment.destination());
        if (segment.syn()) {
            if (!segment.ack() && !segment.rst()) {
                begun.put(ends, segment);
            }
            return;
        }
        TcpSegment syn = begun.get(ends);
        Flow flow = followed.get(ends);
        if (syn != null && goesOn(syn, segment, flow)) {
            begun.remove(ends);
            if (segment.rst()) {
                // The target refused it, or the client thought better of it.
                return;
            }
            if (!segment.local() && redirected.has(ends.client(), ends.target())) {
                passed.put(ends, true);
                return;
            }
            flow = begin(ends, flow, syn, port);
        }
        if (flow != null) {
            follow(ends, flow, segment, nanos);
        } else if (segment.length() > 0 && passed.put(ends, true) == null) {
            port.losses.add(Losses.Kind.OPEN_BEFORE, 1);
        }
    }

    private static boolean goesOn(TcpSegment syn, TcpSegment segment, @Nullable Flow before) {
        int distance = segment.sequence() - syn.sequence();
        boolean near = distance >= 1 && distance <= TcpReassembly.MOST_WAITING;
        return near
                && (before == null || before.initial != syn.sequence())
                && !isOf(before, segment);
    }

    private static boolean isOf(@Nullable Flow flow, TcpSegment segment) {
        return flow != null
                && !flow.reassembly.hasEnded()
                && Math.abs((long) (segment.sequence() - flow.next()))
                        <= TcpReassembly.MOST_WAITING;
    }

    private Flow begin(Ends ends, @Nullable Flow before, TcpSegment syn, MirroredPort port) {
        if (before != null && !before.reassembly.hasEnded()) {
            before.abort();
        }
        Flow flow =
                new Flow(
                        syn.sequence(),
                        port.losses,
                        MirrorStream.open(tunnels, ends.client(), ends.target(), port, room));
        followed.put(ends, flow);
        passed.remove(ends);
        if (followed.size() > MOST) {
            Map.Entry<Ends, Flow> eldest = followed.entrySet().iterator().next();
            over(eldest.getKey(), eldest.getValue());
            eldest.getValue().incomplete();
        }
        if (syn.length() > 0) {
            // TCP Fast Open: the target has these bytes now, or will be sent them again.
            flow.take(syn, syn.sequence() + 1, syn.fin());
        }
        return flow;
    }

    private void follow(Ends ends, Flow flow, TcpSegment segment, long nanos) {
        int before = flow.reassembly.waitingBytes();
        boolean goesOn = flow.segment(segment, nanos);
        waiting += flow.reassembly.waitingBytes() - before;
        if (waiting > MOST_WAITING && flow.reassembly.waitingBytes() > 0) {
            flow.incomplete();
            goesOn = false;
        }
        if (!goesOn) {
            over(ends, flow);
        }
    }

    private void over(Ends ends, Flow flow) {
        if (followed.remove(ends, flow)) {
            waiting -= flow.reassembly.waitingBytes();
            passed.put(ends, true);
        }
    }

    /** Looks for connections that miss something for too long; once a second. */
    void tick(long nanos) {
        for (Map.Entry<Ends, Flow> each : new ArrayList<>(followed.entrySet())) {
            if (!each.getValue().isAlive(nanos)) {
                over(each.getKey(), each.getValue());
            }
        }
    }

    /** Ends all. */
    void abort() {
        followed.values().forEach(Flow::abort);
        followed.clear();
        begun.clear();
    }
}
