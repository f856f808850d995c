package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProviderTest {
    @Test
    void anOptionOfAWrongTypeIsTold() {
        assertThat(failure("--sidecar=a", "--sidecar=b", "--config={}"))
                .isEqualTo(
                        "the provider's option sidecar has to be one string, but is a list. Make"
                                + " the override file with: docker mirrord override");
        assertThat(failure("--config={}")).contains("option sidecar", "is missing");
        assertThat(failure("--sidecar=a", "--config=3")).contains("config is not a JSON object");
        assertThat(failure("--sidecar=a", "--config={\"targit\": 1}"))
                .contains("unknown key targit; the nearest known one is target");
    }

    /** The message of the one line of type error. */
    private static String failure(String... options) {
        List<String> words = new ArrayList<>(List.of("--project-name=p", "up"));
        words.addAll(List.of(options));
        words.add("web-mirrord");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = Provider.run(words, new PrintStream(said, true, StandardCharsets.UTF_8));
        JsonNode answer = Docker.parse(said.toString(StandardCharsets.UTF_8));
        assertThat(code).isEqualTo(1);
        assertThat(answer.path("type").asText()).isEqualTo("error");
        return answer.path("message").asText();
    }
}
