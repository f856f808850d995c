package dev.mirrord.agent.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.agent.AgentLog;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
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
 * The tunnels that are up. When there is none for as long as the agent's patience lasts, {@code
 * abandoned} runs, once.
 */
public final class Tunnels implements TunnelListener {
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

    /** Starts to wait for the first tunnel. */
    public synchronized void awaitFirst() {
        if (ready.isEmpty() && countdown == null) {
            countdown = timer.schedule(abandoned, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void onReady(Tunnel tunnel, JsonNode hello) {
        ready.add(tunnel);
        if (countdown != null) {
            countdown.cancel(false);
            countdown = null;
        }
        AgentLog.info("tunnel is up", "tunnels", ready.size());
    }

    @Override
    public synchronized void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
        String why = cause == null ? "closed" : String.valueOf(cause.getMessage());
        if (ready.remove(tunnel)) {
            AgentLog.info("tunnel is gone", "tunnels", ready.size(), "why", why);
        } else {
            AgentLog.warn("tunnel was not established", "why", why);
        }
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
