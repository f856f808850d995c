package dev.mirrord.session;

import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Measures the round trips of a session that has no app and needs no Docker engine. */
public final class LatencySession {
    private static final long ANSWER_SECONDS = 10;

    /** One kind of question takes no longer, however many there should be. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SessionOutput output;
    private final int count;
    private final LoneAgent agent;

    /**
     * @param request its target is whom to ask; there is no command
     * @param count how many questions of each kind
     */
    public LatencySession(SessionRequest request, int count, SessionOutput output) {
        this.output = output;
        this.count = count;
        this.agent = new LoneAgent(request, output);
    }

    /**
     * Starts an agent, asks, and removes it.
     *
     * @throws SessionFailure if there is nothing to be measured, or the user has interrupted
     */
    public LatencyReport run() {
        return agent.run(
                        HeldTunnel::refuse,
                        (resolved, tunnel) ->
                                measure(resolved, new AgentProbes(agent.await(tunnel.ready()))))
                .orElseThrow(() -> new SessionFailure("interrupted"));
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
                agent.await(
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
        agent.await(
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
}
