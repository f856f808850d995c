package dev.mirrord.session;

import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.GoneAwayException;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a tunnel of its own to every shared agent: so an agent stays while no sidecar runs, and it
 * is noticed when one has gone.
 *
 * <pre>
 *   kept --lost--&gt; dialled again for 5 s --no answer, or it said that it ends--&gt; gone, told
 * </pre>
 */
final class AgentKeeper implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AGAIN_MILLISECONDS = 300;

    private final EventLoopGroup loops;
    private final SessionIdentity identity;
    private final BiConsumer<String, String> gone;
    private final Map<String, HeldTunnel> tunnels = new HashMap<>();
    private boolean closed;

    /**
     * @param gone hears of an agent's number, and why
     */
    AgentKeeper(EventLoopGroup loops, SessionIdentity identity, BiConsumer<String, String> gone) {
        this.loops = loops;
        this.identity = identity;
        this.gone = gone;
    }

    /**
     * Keeps one; again is as once.
     *
     * @param socket of a relay to it
     */
    synchronized void keep(String agent, Path socket, Fingerprint certificate) {
        if (!tunnels.containsKey(agent)) {
            dial(agent, socket, certificate, System.nanoTime());
        }
    }

    private synchronized void dial(
            String agent, Path socket, Fingerprint certificate, long lastHeard) {
        if (closed) {
            return;
        }
        try {
            HeldTunnel tunnel =
                    HeldTunnel.connect(
                            socket,
                            TunnelTls.ofSidecar(identity, certificate),
                            loops,
                            HeldTunnel::refuse);
            tunnels.put(agent, tunnel);
            tunnel.closed()
                    .thenAccept(
                            cause ->
                                    lost(
                                            agent,
                                            socket,
                                            certificate,
                                            cause,
                                            tunnel.ready().isCompletedExceptionally()
                                                    ? lastHeard
                                                    : System.nanoTime()));
        } catch (SSLException e) {
            throw new SessionFailure("the session's certificate cannot be used: " + e, e);
        }
    }

    private void lost(
            String agent,
            Path socket,
            Fingerprint certificate,
            @Nullable Throwable cause,
            long lastHeard) {
        String why = cause == null ? "its connection was closed" : String.valueOf(cause);
        boolean over =
                cause instanceof GoneAwayException
                        || System.nanoTime() - lastHeard > PATIENCE_NANOS;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (over) {
                tunnels.remove(agent);
            }
        }
        if (over) {
            Background.EXECUTOR.execute(() -> gone.accept(agent, why));
            return;
        }
        CompletableFuture.delayedExecutor(
                        AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS, Background.EXECUTOR)
                .execute(() -> dial(agent, socket, certificate, lastHeard));
    }

    @Override
    public synchronized void close() {
        closed = true;
        tunnels.values().forEach(HeldTunnel::close);
    }
}
