package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.session.kubernetes.target.ContainerSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsTargetTest {
    private static final String POD =
            """
            {"spec": {"securityContext": {"runAsUser": 1000, "runAsGroup": 2000},
             "containers": [{"name": "other", "image": "other:1"}, {
              "name": "app", "image": "shop/app:7", "workingDir": "/srv/app",
              "command": ["/bin/app", "--level=$(LEVEL)"],
              "args": ["serve", "$(SECRET)", "$$(LEVEL)"],
              "env": [{"name": "LEVEL", "value": "info"},
                      {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
              "securityContext": {"runAsUser": 33},
              "resources": {"limits": {"memory": "1.5Gi", "cpu": "250m"}}}]}}
            """;

    @Test
    void whatTheLineDoesNotSayIsTheTargets() {
        assertThat(completed("docker run --rm -p 80:80"))
                .isEqualTo(
                        words(
                                "docker run --rm -p 80:80 --workdir=/srv/app --user=33:2000"
                                        + " --memory=1610612736b --cpus=0.25 --entrypoint=/bin/app"
                                        + " shop/app:7 --level=info serve $(SECRET) $(LEVEL)"));
    }

    @Test
    void whatTheLineSaysWins() {
        assertThat(completed("docker run -w / -u 0 -m 1g --cpus 2 --entrypoint sh mine:1 -c id"))
                .isEqualTo(
                        words("docker run -w / -u 0 -m 1g --cpus 2 --entrypoint sh mine:1 -c id"));
    }

    @Test
    void anImageAloneRunsTheTargetsCommand() {
        assertThat(completed("docker run mine:1"))
                .endsWith("mine:1", "--level=info", "serve", "$(SECRET)", "$(LEVEL)")
                .contains("--entrypoint=/bin/app");
        assertThat(completed("docker run mine:1 other words"))
                .endsWith("mine:1", "other", "words")
                .doesNotContain("--entrypoint=/bin/app");
    }

    @Test
    void aSpecWithAnImageAloneAddsTheImageAlone() throws JsonProcessingException {
        assertThat(AsTarget.complete(words("docker run -d"), spec("other")))
                .isEqualTo(words("docker run -d --user=1000:2000 other:1"));
    }

    private static List<String> completed(String line) {
        try {
            return AsTarget.complete(words(line), spec("app"));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static ContainerSpec spec(String name) throws JsonProcessingException {
        return ContainerSpec.of(new ObjectMapper().readTree(POD), name);
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.split(" "));
    }
}
