package dev.mirrord.agent;

import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.target.TargetWatch;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.TunnelServer;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/**
 * All parts of one agent, wired.
 *
 * <pre>
 *   new --listen()--&gt; port open --serve()--&gt; serving --end()--&gt; process ended
 * </pre>
 */
final class Agent {
    private static final int MOST_LOOPS = 2;
    private static final int FAREWELL_MILLIS = 300;

    private final CompletableFuture<SessionIdentity> identity = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Target target;
    private final TargetLoops loops;
    private final Clients clients;
    private final TunnelServer server;

    Agent(AgentOptions options, Target target) {
        // The longest part of the start goes beside the others.
        Thread.ofPlatform()
                .name("identity")
                .start(() -> identity.complete(SessionIdentity.generate("mirrord agent")));
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        this.target = target;
        int threads = Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
        loops = new TargetLoops(target.namespace(), threads);
        clients =
                new Clients(
                        options,
                        target,
                        loops,
                        () -> end("no client for " + options.patience().toSeconds() + " s"));
        server = new TunnelServer(loops, clients, clients, identity, options.session());
    }

    /** Opens the tunnel's port on the agent's own loopback. */
    int listen(int wanted) throws AgentFailure, InterruptedException {
        int port = server.listen(wanted);
        clients.awaitFirst();
        return port;
    }

    String fingerprint() {
        return identity.join().fingerprint().hex();
    }

    /** Does what could wait until the port was open; returns while the agent goes on. */
    void serve() {
        try {
            server.prepare();
        } catch (SSLException e) {
            end("cannot set up TLS: " + e.getMessage());
            return;
        }
        AgentLog.info("ready", "pid", target.pid().isPresent() ? target.pid().getAsLong() : "none");
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("farewell")
                                .unstarted(() -> farewell("the agent was told to end")));
        target.pid()
                .ifPresent(pid -> TargetWatch.start(pid, () -> end("the target container ended")));
    }

    /** Tells everybody {@code text} and ends the process. */
    private void end(String text) {
        // Never on an event loop: it is needed for the farewell.
        Thread.ofPlatform()
                .name("end")
                .start(
                        () -> {
                            farewell(text);
                            Runtime.getRuntime().halt(0);
                        });
    }

    private void farewell(String text) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        AgentLog.info("ending", "why", text);
        List<Tunnel> tunnels = clients.tunnels();
        for (Tunnel tunnel : tunnels) {
            tunnel.close(Errno.ESHUTDOWN, text);
        }
        try {
            clients.close();
            for (Tunnel tunnel : tunnels) {
                tunnel.channel().closeFuture().await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
