package dev.mirrord.sidecar.outgoing;

import dev.mirrord.config.filter.Transport;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.capture.CapturePolicy;
import dev.mirrord.sidecar.capture.Flow;
import dev.mirrord.sidecar.capture.Verdict;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of flows that wait: a held SYN comes in from the queue's thread, the connection that
 * follows from the listener's. Nothing is decided before the target is known.
 */
public final class HeldConnects {
    private final CapturePolicy policy;
    private final Supplier<Optional<Tunnel>> tunnels;
    private final Counters counters;
    private final RecentSyns recent = new RecentSyns();
    private final Map<Flow, HeldConnect> held = new ConcurrentHashMap<>();

    /** What came before the target was known; null from then on. */
    private @Nullable List<Runnable> early = new ArrayList<>();

    public HeldConnects(
            CapturePolicy policy, Supplier<Optional<Tunnel>> tunnels, Counters counters) {
        this.policy = policy;
        this.tunnels = tunnels;
        this.counters = counters;
    }

    /**
     * A packet of a new flow waits for its verdict.
     *
     * @param sequence of the SYN
     */
    public void onHeld(Flow flow, int sequence, Verdict verdict) {
        synchronized (this) {
            if (early != null) {
                early.add(() -> decide(flow, sequence, verdict));
                return;
            }
        }
        decide(flow, sequence, verdict);
    }

    /** The policy knows the target: what waited is decided. */
    public void onTarget() {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = early == null ? List.of() : early;
            early = null;
        }
        waiting.forEach(Runnable::run);
    }

    private void decide(Flow flow, int sequence, Verdict verdict) {
        switch (policy.decide(flow.transport(), flow.destination())) {
            case STAY -> verdict.stay();
            case DNS, DNS_UPSTREAM -> verdict.capture();
            case TARGET -> {
                switch (flow.transport()) {
                    case UDP -> verdict.capture();
                    case TCP -> ask(flow, sequence, verdict);
                }
            }
        }
    }

    /** Takes the flow whose connection has come; empty for one that nobody waits for. */
    boolean accepted(EpollSocketChannel channel) {
        HeldConnect connect =
                held.remove(
                        new Flow(Transport.TCP, channel.remoteAddress(), channel.localAddress()));
        if (connect == null) {
            return false;
        }
        connect.accepted(channel);
        return true;
    }

    void count(Counter counter) {
        counters.add(counter);
    }

    boolean forget(Flow flow, HeldConnect connect) {
        return held.remove(flow, connect);
    }

    /** The answer was lost: the app's next SYN is asked anew, though it is a copy. */
    void askAgain(Flow flow, HeldConnect connect) {
        recent.forget(flow);
        forget(flow, connect);
    }

    private void ask(Flow flow, int sequence, Verdict verdict) {
        Optional<Tunnel> tunnel = tunnels.get();
        HeldConnect connect = new HeldConnect(flow, verdict, this);
        // A SYN that is there already was sent again; without a tunnel the next one may find one.
        if (tunnel.isEmpty()
                || recent.isRepeated(flow, sequence)
                || held.putIfAbsent(flow, connect) != null) {
            verdict.drop();
            return;
        }
        recent.add(flow, sequence);
        tunnel.get().eventLoop().execute(() -> connect.start(tunnel.get()));
    }
}
