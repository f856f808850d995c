package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code mirrord container-ext}, as an IDE uses it. */
class ContainerExtClusterIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AfterEach
    void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    private static Command.Running prepare(String... words) {
        List<String> line =
                new ArrayList<>(
                        List.of("container-ext", "-t", "deployment/web", "-n", "shop", "--"));
        line.addAll(List.of(words));
        Command.Running running =
                Command.startMirrord(line, Map.of("MIRRORD_PROGRESS_MODE", "json"));
        try {
            return running.awaitOut("}\n", SOON);
        } catch (AssertionError slow) {
            running.close();
            throw slow;
        }
    }

    private static List<String> runLine(JsonNode said, String... own) {
        List<String> line = new ArrayList<>(List.of(said.path("runtime").asText(), "run"));
        said.path("extra_args").forEach(each -> line.add(each.asText()));
        line.addAll(List.of(own));
        line.add(said.path("image").asText());
        said.path("image_args").forEach(each -> line.add(each.asText()));
        return line;
    }

    @Test
    void whatItPrintsMakesAContainerOfTheContext() throws Exception {
        try (Command.Running session = prepare(Mirrord.STATIC, "env", "DATABASE_PASSWORD")) {
            JsonNode said = new ObjectMapper().readTree(session.out().text());
            List<String> line = runLine(said, "--rm");
            assertThat(String.join(" ", line)).doesNotContain("p@ss");
            Command.Result app = Command.finish(Command.start(line, Map.of()), SOON).orFail();
            assertThat(app.out()).contains("p@ss=w0rd");
            assertThat(session.await(SOON).exitCode()).isZero();
            assertThat(session.err().text())
                    .contains(
                            "{\"type\":\"NewTask\",\"name\":\"start the agent\"}",
                            "{\"type\":\"FinishedTask\",\"name\":\"find the"
                                    + " target\",\"success\":true,\"message\":\"pod shop/web-");
        }
    }

    @Test
    void theEndOfItsStandardInputEndsTheApp() throws Exception {
        try (Command.Running session = prepare(Mirrord.STATIC, "serve", "http=8080")) {
            JsonNode said = new ObjectMapper().readTree(session.out().text());
            try (Command.Running app = Command.start(runLine(said, "--rm"), Map.of())) {
                app.awaitErr("probe: http on :8080", SOON);
                session.process().getOutputStream().close();
                assertThat(session.await(SOON).exitCode()).isZero();
                assertThat(app.await(SOON).exitCode()).isZero();
            }
        }
    }

    @Test
    void withoutAnImageItSaysWhatToGive() {
        Command.Result none = Command.mirrord("container-ext", "-t", "deployment/web");
        assertThat(none.exitCode()).isEqualTo(125);
        assertThat(none.err()).contains("container-ext has to know the image");
    }
}
