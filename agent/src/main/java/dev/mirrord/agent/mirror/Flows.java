package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.protocol.tunnel.Tunnel;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connections seen on one port, each followed from its SYN on. Belongs to the capture thread.
 * Connections that were open before are not taken up in their middle.
 */
final class Flows {
    private static final int MOST = 4096;

    private final Map<Ends, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private final Tunnels tunnels;

    Flows(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    private record Ends(InetSocketAddress client, InetSocketAddress target) {}

    /**
     * Takes the next captured segment.
     *
     * @param nanos the time, for holes that stay open
     */
    void segment(TcpSegment segment, long nanos) {
        Ends ends = new Ends(segment.source(), segment.destination());
        Flow flow = flows.get(ends);
        if (segment.syn()) {
            begin(ends, flow, segment);
        } else if (flow != null && flow.segment(segment, nanos)) {
            flows.remove(ends);
        }
    }

    private void begin(Ends ends, @Nullable Flow before, TcpSegment syn) {
        if (syn.ack() || (before != null && before.initial == syn.sequence())) {
            return;
        }
        if (before != null) {
            before.abort();
        }
        Flow flow = new Flow(ends, syn.sequence());
        flows.put(ends, flow);
        if (flows.size() > MOST) {
            Iterator<Flow> eldest = flows.values().iterator();
            eldest.next().abort();
            eldest.remove();
        }
    }

    /** Ends all. */
    void abort() {
        flows.values().forEach(Flow::abort);
        flows.clear();
    }

    /** One connection; its stream is opened when the client has answered the target's SYN. */
    private final class Flow implements TcpReassembly.Sink {
        private static final long MOST_HOLE_NANOS = 5_000_000_000L;

        final int initial;
        private final Ends ends;
        private final TcpReassembly reassembly;
        private @Nullable MirrorStream stream;
        private long holeSince = -1;

        Flow(Ends ends, int initial) {
            this.ends = ends;
            this.initial = initial;
            this.reassembly = new TcpReassembly(initial + 1, this);
        }

        /** Returns true when the connection is over. */
        boolean segment(TcpSegment segment, long nanos) {
            if (segment.rst()) {
                boolean real = reassembly.accepts(segment.sequence());
                if (real) {
                    abort();
                }
                return real;
            }
            if (stream == null) {
                Optional<Tunnel> tunnel = tunnels.leastBusy();
                if (tunnel.isEmpty()) {
                    return true;
                }
                stream = MirrorStream.open(tunnel.get(), ends.client(), ends.target());
            }
            boolean whole =
                    reassembly.segment(
                            segment.sequence(),
                            segment.packet(),
                            segment.offset(),
                            segment.length(),
                            segment.fin());
            if (!whole || holeIsOld(nanos)) {
                AgentLog.warn("mirrored connection dropped", "why", "packets are missing");
                abort();
                return true;
            }
            return reassembly.hasEnded() || stream.isOver();
        }

        private boolean holeIsOld(long nanos) {
            if (!reassembly.hasHole()) {
                holeSince = -1;
            } else if (holeSince < 0) {
                holeSince = nanos;
            }
            return holeSince >= 0 && nanos - holeSince > MOST_HOLE_NANOS;
        }

        @Override
        public void data(byte[] bytes, int offset, int length) {
            if (stream != null) {
                stream.data(bytes, offset, length);
            }
        }

        @Override
        public void end() {
            if (stream != null) {
                stream.end();
            }
        }

        void abort() {
            if (stream != null) {
                stream.abort();
            }
        }
    }
}
