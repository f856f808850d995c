package dev.mirrord.session;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the time of a session's round trips goes.
 *
 * @param target as the user is told of it
 * @param apiServer requests to it on an open connection
 * @param tunnel to the agent, by way of API server and kubelet
 * @param dns questions to the target's nameserver, asked by the agent
 * @param connect connections to the target's nameserver, made by the agent
 */
public record LatencyReport(
        String target,
        RoundTrips apiServer,
        RoundTrips tunnel,
        Optional<RoundTrips> dns,
        Optional<RoundTrips> connect) {
    /** Under this nobody notices. */
    private static final long SLOW_NANOS = 5_000_000;

    /** What each way adds to the one that it goes by. */
    private record Part(String name, long nanoseconds, String advice) {}

    public List<RoundTrips> all() {
        return java.util.stream.Stream.of(Optional.of(apiServer), Optional.of(tunnel), dns, connect)
                .flatMap(Optional::stream)
                .toList();
    }

    /** A sentence: which part takes most of a round trip. */
    public String verdict() {
        List<Part> parts =
                List.of(
                        new Part(
                                "the way to the API server",
                                apiServer.median(),
                                "a cluster, VPN or proxy that is nearer to this machine helps"),
                        new Part(
                                "the way from the API server to the agent",
                                Math.max(0, tunnel.median() - apiServer.median()),
                                "API server or node are busy, or far from each other"),
                        new Part(
                                "the target's nameserver",
                                dns.map(each -> Math.max(0, each.median() - tunnel.median()))
                                        .orElse(0L),
                                "answers are kept as long as they are valid: only first questions"
                                        + " wait"),
                        new Part(
                                "connecting inside the cluster",
                                connect.map(each -> Math.max(0, each.median() - tunnel.median()))
                                        .orElse(0L),
                                "the cluster's network or a service mesh holds connections up"));
        Part worst = parts.getFirst();
        for (Part each : parts) {
            if (each.nanoseconds() > worst.nanoseconds()) {
                worst = each;
            }
        }
        String most =
                "most of the time is %s (%s)".formatted(worst.name(), text(worst.nanoseconds()));
        return worst.nanoseconds() < SLOW_NANOS
                ? "nothing is slow: " + most
                : most + ": " + worst.advice();
    }

    /** As people read times. */
    public static String text(long nanoseconds) {
        return String.format(Locale.ROOT, "%.1f ms", nanoseconds / 1e6);
    }
}
