package dev.mirrord.sidecar.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.LatePin;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.GoneAwayException;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Log;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * All tunnels to one agent. The certificate of the first one is the agent's until {@link #verify}
 * tells whether it is.
 *
 * <pre>
 *   channel from the CLI --TLS, HELLO--&gt; ready, chosen for streams --lost--&gt; dialled again
 *   verified, and none ready for 20 s, or the agent said that it ends: lost for good
 * </pre>
 */
public final class Tunnels {
    private static final int PATIENCE_SECONDS = 20;

    /** While another agent can do the work, or will. */
    private static final int SHORT_PATIENCE_SECONDS = 5;

    private static final long BYTES_THAT_MATTER = 64 * 1024;

    private final String client;
    private final LatePin pin = new LatePin();
    private final SslContext tls;
    private final OpenListener incoming;
    private final TunnelsListener listener;
    private final BooleanSupplier othersOfUse;
    private final List<Ready> ready = new CopyOnWriteArrayList<>();
    private volatile boolean verified;
    private volatile boolean closed;
    private volatile String lastFailure = "no connection to the agent came up";
    private @Nullable ScheduledFuture<?> patience;

    private record Ready(Tunnel tunnel, TrafficMeter meter) {}

    /**
     * @param client whose they are, where the agent has several
     * @param othersOfUse whether another agent can do the work of this one, or will
     */
    public Tunnels(
            String client,
            SessionIdentity identity,
            OpenListener incoming,
            TunnelsListener listener,
            BooleanSupplier othersOfUse)
            throws SSLException {
        this.client = client;
        this.tls = TunnelTls.ofSidecar(identity, pin);
        this.incoming = incoming;
        this.listener = listener;
        this.othersOfUse = othersOfUse;
    }

    /**
     * The agent has said which certificate is its own, so it listens: from now on a tunnel is
     * expected.
     *
     * @return false when somebody else has answered in its place
     */
    public boolean verify(Fingerprint agent) {
        verified = true;
        if (ready.isEmpty()) {
            startPatience();
        }
        return pin.settle(agent);
    }

    /**
     * Makes a tunnel of a connection.
     *
     * @param whenClosed run when it ends, ready or not
     */
    public void add(Channel channel, Runnable whenClosed) {
        TrafficMeter meter = new TrafficMeter();
        Tunnel tunnel =
                Tunnel.ofSidecar(
                        client,
                        new TunnelListener() {
                            @Override
                            public void onReady(Tunnel opened, JsonNode hello) {
                                ready.add(new Ready(opened, meter));
                                stopPatience();
                                Log.line("tunnel ready", "tunnels", ready.size());
                                listener.onTunnel();
                            }

                            @Override
                            public void onClosed(Tunnel closed, @Nullable Throwable cause) {
                                closed(closed, cause);
                                whenClosed.run();
                            }
                        },
                        incoming);
        channel.pipeline().addLast(meter, tls.newHandler(channel.alloc()));
        tunnel.install(channel.pipeline());
        channel.config().setAutoRead(true);
    }

    /** The tunnel with the least to do. */
    public Optional<Tunnel> pick() {
        Ready best = null;
        long bestScore = 0;
        for (Ready candidate : ready) {
            long score =
                    candidate.meter().recent() / BYTES_THAT_MATTER * 16
                            + candidate.tunnel().streamCount();
            if (candidate.tunnel().isReady() && (best == null || score < bestScore)) {
                best = candidate;
                bestScore = score;
            }
        }
        return best == null ? Optional.empty() : Optional.of(best.tunnel());
    }

    public void failed(String why) {
        lastFailure = why;
    }

    /** Another agent takes over: what becomes of these tunnels matters no more. */
    public void close() {
        closed = true;
        stopPatience();
        for (Ready each : ready) {
            each.tunnel().close(0, "the session is over");
        }
    }

    private void closed(Tunnel tunnel, @Nullable Throwable cause) {
        boolean wasReady = ready.removeIf(each -> each.tunnel() == tunnel);
        if (cause != null) {
            lastFailure = String.valueOf(cause.getMessage());
        } else if (wasReady) {
            lastFailure = "the connection to the agent was closed";
        }
        Log.line("tunnel closed", "tunnels", ready.size(), "why", lastFailure);
        if (!wasReady || !ready.isEmpty() || closed) {
            return;
        }
        if (cause instanceof GoneAwayException && verified) {
            listener.onLost(lastFailure);
            return;
        }
        listener.onSilent();
        if (verified) {
            startPatience();
        }
    }

    private synchronized void startPatience() {
        patience =
                EventLoops.next()
                        .schedule(
                                () -> {
                                    if (ready.isEmpty() && !closed) {
                                        listener.onLost(lastFailure);
                                    }
                                },
                                othersOfUse.getAsBoolean()
                                        ? SHORT_PATIENCE_SECONDS
                                        : PATIENCE_SECONDS,
                                TimeUnit.SECONDS);
    }

    private synchronized void stopPatience() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }
}
