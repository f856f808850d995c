package dev.mirrord.agent.http;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The connections on which a client's goes on, at most one to each side. */
final class Legs {
    private final Ways ways;
    private final BiConsumer<Side, Future<DuplexChannel>> opened;
    private final Map<Side, Leg> open = new EnumMap<>(Side.class);
    private final Set<Side> opening = EnumSet.noneOf(Side.class);
    private @Nullable Leg active;

    Legs(Ways ways, BiConsumer<Side, Future<DuplexChannel>> opened) {
        this.ways = ways;
        this.opened = opened;
    }

    /** The one that the last request went to, as long as it is there. */
    @Nullable Leg active() {
        return active;
    }

    Leg requireActive() {
        Leg now = active;
        if (now == null) {
            throw new IllegalStateException("no way");
        }
        return now;
    }

    boolean isActive(Leg leg) {
        return leg == active;
    }

    void activate(Leg leg) {
        active = leg;
    }

    /** Does nothing when it is being opened already. */
    void open(Side side) {
        if (opening.add(side)) {
            Future<DuplexChannel> connecting =
                    switch (side) {
                        case TARGET -> ways.toTarget();
                        case APP -> ways.toApp();
                    };
            connecting.addListener((Future<DuplexChannel> done) -> hasOpened(side, done));
        }
    }

    private void hasOpened(Side side, Future<DuplexChannel> done) {
        opening.remove(side);
        opened.accept(side, done);
    }

    void add(Leg leg) {
        open.put(leg.side(), leg);
        leg.channel().pipeline().addLast(leg);
    }

    /**
     * A side's leg once it may be written to, opened if need be.
     *
     * @param othersDone the active one has nothing more to say
     */
    Optional<Leg> ready(Side side, boolean othersDone) {
        Leg leg = open.get(side);
        if (leg == null || !leg.isUsable()) {
            open(side);
            return Optional.empty();
        }
        return active == null || active == leg || othersDone ? Optional.of(leg) : Optional.empty();
    }

    /** Takes a side's leg out; it is the caller's from here on. */
    @Nullable Leg take(Side side) {
        return open.remove(side);
    }

    /** Ends one. */
    void drop(Leg leg) {
        open.remove(leg.side(), leg);
        if (active == leg) {
            active = null;
        }
        leg.close(false);
    }

    void setAutoRead(boolean on) {
        for (Leg leg : open.values()) {
            leg.channel().config().setAutoRead(on);
        }
    }

    void close(boolean abruptly) {
        for (Leg leg : open.values()) {
            leg.close(abruptly);
        }
        open.clear();
        active = null;
    }
}
