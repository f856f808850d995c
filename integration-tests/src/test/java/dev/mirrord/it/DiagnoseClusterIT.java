package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code mirrord diagnose latency}. */
class DiagnoseClusterIT {
    @AfterEach
    void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void everyWayIsMeasuredAndTheSlowestNamed() throws Exception {
        Command.Result said =
                Command.mirrord(
                                "diagnose",
                                "latency",
                                "-t",
                                "deployment/web",
                                "-n",
                                "shop",
                                "--count",
                                "20",
                                "-o",
                                "json")
                        .orFail();
        JsonNode report = new ObjectMapper().readTree(said.out());
        assertThat(report.path("target").asText()).startsWith("shop/web-");
        for (String way : new String[] {"apiServer", "tunnel", "dns", "connect"}) {
            JsonNode times = report.path(way);
            assertThat(times.path("count").asInt()).as(way + " of " + said.out()).isEqualTo(20);
            assertThat(times.path("min").asDouble()).as(way).isPositive();
            assertThat(times.path("median").asDouble())
                    .as(way)
                    .isBetween(times.path("min").asDouble(), times.path("p99").asDouble());
        }
        assertThat(report.path("verdict").asText()).contains("most of the time is ");
    }

    @Test
    void withoutAPodTheAgentsOwnWaysAreMeasured() {
        Command.Result said =
                Command.mirrord(
                                "diagnose",
                                "latency",
                                "-t",
                                "targetless",
                                "-n",
                                "shop",
                                "--count",
                                "3")
                        .orFail();
        assertThat(said.out())
                .containsPattern("(?m)^API server +[0-9.]+ ms +[0-9.]+ ms +[0-9.]+ ms ")
                .containsPattern("(?m)^tunnel +[0-9.]+ ms ")
                .containsPattern("(?m)^DNS +[0-9.]+ ms ")
                .contains("no pod: ");
    }
}
