package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
    private static RoundTrips always(double milliseconds) {
        return new RoundTrips("x", "y", List.of((long) (milliseconds * 1e6)));
    }

    private static String verdict(double apiServer, double tunnel, double dns, double connect) {
        return new LatencyReport(
                        "pod a/b",
                        always(apiServer),
                        always(tunnel),
                        Optional.of(always(dns)),
                        Optional.of(always(connect)))
                .verdict();
    }

    @Test
    void thePartThatAddsMostIsNamed() {
        assertThat(verdict(80, 85, 86, 86))
                .startsWith("most of the time is the way to the API server (80.0 ms): ");
        assertThat(verdict(10, 85, 86, 86))
                .startsWith(
                        "most of the time is the way from the API server to the agent (75.0 ms)");
        assertThat(verdict(10, 12, 86, 13))
                .startsWith("most of the time is the target's nameserver (74.0 ms)");
        assertThat(verdict(10, 12, 13, 86))
                .startsWith("most of the time is connecting inside the cluster (74.0 ms)");
    }

    @Test
    void whatNobodyNoticesIsNotCalledSlow() {
        assertThat(verdict(1, 2, 3, 4)).startsWith("nothing is slow: most of the time is ");
    }

    @Test
    void percentilesAreMeasuredValues() {
        RoundTrips hundred =
                new RoundTrips(
                        "x",
                        "y",
                        LongStream.rangeClosed(1, 100).map(i -> 101 - i).boxed().toList());
        assertThat(hundred.least()).isEqualTo(1);
        assertThat(hundred.median()).isEqualTo(50);
        assertThat(hundred.percentile(99)).isEqualTo(99);
        assertThat(new RoundTrips("x", "y", List.of(7L)).percentile(99)).isEqualTo(7);
    }

    @Test
    void theNameserverIsReadAsTheResolverDoes() {
        assertThat(AgentProbes.nameserver("# no\nsearch a b\nnameserver  10.96.0.10\n"))
                .hasValueSatisfying(
                        address -> {
                            assertThat(address.getAddress().getHostAddress())
                                    .isEqualTo("10.96.0.10");
                            assertThat(address.getPort()).isEqualTo(53);
                        });
        assertThat(AgentProbes.nameserver("search a\n")).isEmpty();
    }
}
