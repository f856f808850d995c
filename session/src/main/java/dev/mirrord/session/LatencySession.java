package dev.mirrord.session;

import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Measures the round trips of a session that has no app and needs no Docker engine. */
public final class LatencySession {
    private static final long ANSWER_SECONDS = 10;

    /** One kind of question takes no longer, however many there should be. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SessionRequest request;
    private final SessionOutput output;
    private final int count;
    private final SessionId id = SessionId.random();
    private final SessionLog log;
    private final CompletableFuture<@Nullable Void> interrupted = new CompletableFuture<>();

    /**
     * @param request its target is whom to ask; there is no command
     * @param count how many questions of each kind
     */
    public LatencySession(SessionRequest request, int count, SessionOutput output) {
        this.request = request;
        this.output = output;
        this.count = count;
        this.log = SessionLog.open(id, output);
    }

    /**
     * Starts an agent, asks, and removes it.
     *
     * @throws SessionFailure if there is nothing to be measured, or the user has interrupted
     */
    public LatencyReport run() {
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
            return run(directory, cluster);
        } catch (IOException e) {
            throw new SessionFailure("cannot use the session's directory: " + e.getMessage(), e);
        } catch (RuntimeException failure) {
            throw SessionFailures.of(failure, log.file());
        }
    }

    private LatencyReport run(SessionDirectory directory, ClusterSide cluster) throws SSLException {
        CompletableFuture<ClusterSide.Resolved> target =
                Background.start("target", cluster::resolve);
        CompletableFuture<SessionIdentity> identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord latency"));
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
                            resolved.cluster().loops());
            try {
                return measure(resolved, new AgentProbes(await(tunnel.ready())));
            } finally {
                tunnel.close();
            }
        } finally {
            cluster.deleteAgent(agent);
        }
    }

    private LatencyReport measure(ClusterSide.Resolved resolved, AgentProbes probes) {
        RoundTrips apiServer =
                series(
                        "API server",
                        "a request on an open connection",
                        () ->
                                CompletableFuture.completedFuture(
                                        resolved.cluster().api().get("/version")));
        RoundTrips tunnel =
                series("tunnel", "to the agent, through API server and kubelet", probes::ping);
        Optional<InetSocketAddress> nameserver =
                await(
                        probes.nameserver()
                                .completeOnTimeout(
                                        Optional.empty(), ANSWER_SECONDS, TimeUnit.SECONDS));
        return new LatencyReport(
                resolved.target().map(ResolvedTarget::pod).map(Object::toString).orElse("no pod"),
                apiServer,
                tunnel,
                optionally("DNS", "of the target, asked by the agent", probes::resolve),
                nameserver.flatMap(
                        address ->
                                optionally(
                                        "connect",
                                        "from the target to " + address.getHostString() + ":53",
                                        () -> probes.connect(address))));
    }

    private Optional<RoundTrips> optionally(
            String what, String way, Supplier<CompletableFuture<?>> question) {
        try {
            return Optional.of(series(what, way, question));
        } catch (SessionFailure failure) {
            if (interrupted.isDone()) {
                throw failure;
            }
            output.notice(what + " cannot be measured: " + failure.getMessage());
            return Optional.empty();
        }
    }

    /**
     * One after the other; the first, which opens connections and loads classes, does not count.
     */
    private RoundTrips series(String what, String way, Supplier<CompletableFuture<?>> question) {
        answer(question);
        List<Long> times = new ArrayList<>();
        long end = System.nanoTime() + LONGEST_NANOS;
        while (times.size() < count && System.nanoTime() < end) {
            long begun = System.nanoTime();
            answer(question);
            times.add(System.nanoTime() - begun);
        }
        return new RoundTrips(what, way, times);
    }

    private void answer(Supplier<CompletableFuture<?>> question) {
        await(
                question.get()
                        .handle((_, failure) -> failure == null ? "" : String.valueOf(failure))
                        .completeOnTimeout(
                                "no answer within " + ANSWER_SECONDS + " s",
                                ANSWER_SECONDS,
                                TimeUnit.SECONDS)
                        .thenAccept(
                                failure -> {
                                    if (!failure.isEmpty()) {
                                        throw new SessionFailure(failure);
                                    }
                                }));
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
        CompletableFuture.anyOf(answer, interrupted).exceptionally(_ -> true).join();
        if (!answer.isDone()) {
            throw new SessionFailure("interrupted");
        }
        return ContainerSession.await(answer);
    }
}
