package dev.mirrord.session;

import dev.mirrord.session.docker.engine.ExecStream;
import dev.mirrord.session.kubernetes.tunnel.PortForwardChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tunnels over the standard streams of {@code docker exec}, for engines that do not share the
 * host's files. One that is lost is opened again until closed.
 */
final class ExecTunnels implements AutoCloseable {
    private static final long AGAIN_MILLISECONDS = 500;

    private final EngineSide engine;
    private final String socket;
    private final Supplier<CompletableFuture<PortForwardChannel>> forwards;
    private final SessionLog log;
    private volatile boolean closed;

    /**
     * @param socket of the sidecar, which takes tunnels of one agent
     */
    ExecTunnels(
            EngineSide engine,
            String socket,
            Supplier<CompletableFuture<PortForwardChannel>> forwards,
            SessionLog log) {
        this.engine = engine;
        this.socket = socket;
        this.forwards = forwards;
        this.log = log;
    }

    void start(int count) {
        for (int i = 0; i < count; i++) {
            Thread.ofPlatform().daemon().name("mirrord-exec-tunnel").start(this::run);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void run() {
        for (; !closed; pause()) {
            try (PortForwardChannel forward = forwards.get().get();
                    ExecStream exec = engine.relay(socket)) {
                log.line("tunnel over docker exec opened");
                forward.join(exec.input(), exec.output());
                exec.exit().join();
            } catch (Exception e) {
                if (!closed) {
                    log.failure("tunnel over docker exec lost", e);
                }
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLISECONDS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
