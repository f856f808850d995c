package dev.mirrord.sidecar.incoming;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.Json;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/** Counts what of the incoming traffic did not reach the app, and says each kind once. */
final class MirrorLosses {
    private final Counters counters;
    private final Consumer<String> notices;
    private final Set<Counter> said = EnumSet.noneOf(Counter.class);

    MirrorLosses(Counters counters, Consumer<String> notices) {
        this.counters = counters;
        this.notices = notices;
    }

    /** The agent did not give a port. */
    void portRefused() {
        counters.add(Counter.REFUSED_PORTS);
    }

    /** Takes the agent's notice {@code {"lost":{…}}} on a port's subscription. */
    synchronized void told(int port, String json) {
        JsonNode lost = Json.parse(json).path("lost");
        count(
                Counter.MIRROR_OPEN_BEFORE,
                lost.path("openBefore").asLong(),
                "port %d: connections that were open already are not mirrored, their next ones are"
                        .formatted(port));
        count(
                Counter.MIRROR_INCOMPLETE,
                lost.path("incomplete").asLong(),
                "port %d: packets of a mirrored connection are missing: its copy was reset"
                        .formatted(port));
        count(
                Counter.MIRROR_TOO_SLOW,
                lost.path("tooSlow").asLong(),
                "port %d: a mirrored connection brought more than app or tunnel took: its copy was reset"
                        .formatted(port));
        count(
                Counter.MIRROR_LOST_PACKETS,
                lost.path("packets").asLong(),
                "the agent's kernel had no room for some of the packets: copies of connections that"
                        + " miss them are reset");
    }

    /** The same for a UDP port. */
    synchronized void toldUdp(int port, String json) {
        JsonNode lost = Json.parse(json).path("lost");
        count(
                Counter.LOST_DATAGRAMS,
                lost.path("datagrams").asLong(),
                "UDP port %d: datagrams came faster than app or tunnel took them: some are lost"
                        .formatted(port));
        count(
                Counter.MIRROR_LOST_PACKETS,
                lost.path("packets").asLong(),
                "the agent's kernel had no room for some of the packets: copies that miss them are"
                        + " reset or lost");
    }

    private void count(Counter counter, long number, String text) {
        counters.add(counter, number);
        if (number > 0 && said.add(counter)) {
            notices.accept(text);
        }
    }
}
