package dev.mirrord.session;

import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.OpenListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An agent for what has no app and needs no engine: the tunnel to it ends in this process.
 *
 * <pre>
 *   user of it ◄─ tunnel ◄─ unix socket ◄─ port-forward ◄─ agent
 * </pre>
 */
final class LoneAgent {
    private final SessionId id = SessionId.random();
    private final SessionRequest request;
    private final SessionOutput output;
    private final SessionLog log;
    private final CompletableFuture<@Nullable Void> interrupted = new CompletableFuture<>();

    /** The user has had enough. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @param request its target is whom the agent is beside; there is no command
     */
    LoneAgent(SessionRequest request, SessionOutput output) {
        this.request = request;
        this.output = output;
        this.log = SessionLog.open(id, output);
    }

    /**
     * Starts it, connects, and removes it whatever comes of {@code use}.
     *
     * @param accepting hears of the streams that the agent opens
     * @return empty when the user has interrupted
     * @throws SessionFailure if there is no agent to be had, or {@code use} fails
     */
    <T> Optional<T> run(
            OpenListener accepting, BiFunction<ClusterSide.Resolved, HeldTunnel, T> use) {
        for (String signal : List.of("INT", "TERM", "HUP")) {
            Signals.handle(signal, () -> interrupted.complete(null));
        }
        try (log;
                SessionDirectory directory = SessionDirectory.create(id);
                Watchdog _ =
                        Watchdog.start(
                                id,
                                directory.path(),
                                log.file(),
                                AbandonedAgent.command(id, request.config()),
                                List.of("true"),
                                Watchdog.Removes.WHAT_NEVER_RAN);
                ClusterSide cluster = new ClusterSide(id, request, log, output)) {
            return Optional.of(run(directory, cluster, accepting, use));
        } catch (Interrupted _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        } catch (RuntimeException failure) {
            log.failure("session failed", failure);
            throw SessionFailures.of(failure, log.file());
        }
    }

    private <T> T run(
            SessionDirectory directory,
            ClusterSide cluster,
            OpenListener accepting,
            BiFunction<ClusterSide.Resolved, HeldTunnel, T> use)
            throws IOException {
        CompletableFuture<ClusterSide.Resolved> target =
                Background.start("target", cluster::resolve);
        CompletableFuture<SessionIdentity> identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord session"));
        CompletableFuture<ClusterSide.Agent> agent =
                target.thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
        try {
            ClusterSide.Resolved resolved = await(target);
            cluster.relay(resolved, agent, directory);
            ClusterSide.Agent ready = await(agent);
            Path socket = directory.path().resolve(Relays.FIRST_SOCKET);
            HeldTunnel tunnel =
                    HeldTunnel.connect(
                            socket,
                            TunnelTls.ofSidecar(
                                    await(identity),
                                    new Fingerprint(ready.placed().certificateSha256())),
                            resolved.cluster().loops(),
                            accepting);
            try {
                return use.apply(resolved, tunnel);
            } finally {
                tunnel.close();
            }
        } finally {
            cluster.deleteAgent(agent);
        }
    }

    /** Waits; when the user interrupts, {@link #run} ends. */
    <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
        if (isInterruptedBefore(answer)) {
            throw new Interrupted();
        }
        return ContainerSession.await(answer);
    }

    /** Waits for either; true when the user has interrupted first. */
    boolean isInterruptedBefore(CompletableFuture<?> other) {
        CompletableFuture.anyOf(interrupted, other).exceptionally(_ -> "").join();
        return interrupted.isDone() && !other.isDone();
    }
}
