package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What this process has carried so far; any thread counts. */
public final class Counters {
    private final Map<Counter, LongAdder> counts = new EnumMap<>(Counter.class);

    /** What is counted; the field is its name in the {@code summary} message. */
    public enum Counter {
        MIRRORED_CONNECTIONS("mirroredConnections"),
        /** HTTP/1 only. */
        MIRRORED_REQUESTS("mirroredRequests"),
        /** They were open before the port was mirrored: no copy. */
        MIRROR_OPEN_BEFORE("mirrorOpenBefore"),
        /** Reset at the app, since packets were missing. */
        MIRROR_INCOMPLETE("mirrorIncomplete"),
        /** Reset at the app, since app or tunnel were too slow. */
        MIRROR_TOO_SLOW("mirrorTooSlow"),
        /** Packets that the agent's kernel had no room for. */
        MIRROR_LOST_PACKETS("mirrorLostPackets"),
        MIRRORED_DATAGRAMS("mirroredDatagrams"),
        STOLEN_DATAGRAMS("stolenDatagrams"),
        /** Incoming ones that agent, tunnel or app had no room for. */
        LOST_DATAGRAMS("lostDatagrams"),
        /** Ports that the agent did not give. */
        REFUSED_PORTS("refusedPorts"),
        STOLEN_CONNECTIONS("stolenConnections"),
        /** HTTP/1 only. */
        STOLEN_REQUESTS("stolenRequests"),
        /** The agent connected. */
        OUTGOING_TCP("outgoingTcp"),
        /** It could not. */
        OUTGOING_REFUSED("outgoingRefused"),
        /** Socket addresses of the app that sent to the target's side. */
        OUTGOING_UDP("outgoingUdp"),
        DNS_QUERIES("dnsQueries");

        private final String field;

        Counter(String field) {
            this.field = field;
        }
    }

    public Counters() {
        for (Counter counter : Counter.values()) {
            counts.put(counter, new LongAdder());
        }
    }

    public void add(Counter counter) {
        of(counter).increment();
    }

    public void add(Counter counter, long number) {
        of(counter).add(number);
    }

    public long get(Counter counter) {
        return of(counter).sum();
    }

    /** All of them, zeros too. */
    ObjectNode addTo(ObjectNode message) {
        counts.forEach((counter, count) -> message.put(counter.field, count.sum()));
        return message;
    }

    private LongAdder of(Counter counter) {
        LongAdder count = counts.get(counter);
        if (count == null) {
            throw new IllegalStateException("no counter " + counter);
        }
        return count;
    }
}
