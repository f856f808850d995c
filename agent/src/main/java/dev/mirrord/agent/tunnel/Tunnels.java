package dev.mirrord.agent.tunnel;

import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tunnels that are up, of one client or of all. When there is none for as long as the agent's
 * patience lasts, {@code abandoned} runs.
 */
public final class Tunnels {
    private final List<Tunnel> ready = new CopyOnWriteArrayList<>();
    private final Duration patience;
    private final EventLoop timer;
    private final Runnable abandoned;
    private @Nullable ScheduledFuture<?> countdown;

    public Tunnels(Duration patience, EventLoop timer, Runnable abandoned) {
        this.patience = patience;
        this.timer = timer;
        this.abandoned = abandoned;
    }

    /** Starts to wait for a tunnel where there is none. */
    public synchronized void awaitFirst() {
        if (ready.isEmpty() && countdown == null) {
            countdown = timer.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp() {
        synchronized (this) {
            countdown = null;
            if (!ready.isEmpty()) {
                return;
            }
        }
        abandoned.run();
    }

    public synchronized void add(Tunnel tunnel) {
        ready.add(tunnel);
        if (countdown != null) {
            countdown.cancel(false);
            countdown = null;
        }
    }

    /** A tunnel that is gone, or never came up. */
    public synchronized void remove(Tunnel tunnel) {
        ready.remove(tunnel);
        awaitFirst();
    }

    /** The tunnel with the fewest streams, for the next incoming connection. */
    public Optional<Tunnel> leastBusy() {
        return ready.stream()
                .filter(Tunnel::isReady)
                .min(Comparator.comparingInt(Tunnel::streamCount));
    }

    public List<Tunnel> all() {
        return List.copyOf(ready);
    }
}
