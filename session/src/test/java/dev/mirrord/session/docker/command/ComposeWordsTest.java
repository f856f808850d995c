package dev.mirrord.session.docker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComposeWordsTest {
    @Test
    void composeComesAfterDockersOwnOptions() {
        assertThat(
                        ComposeWords.of(
                                List.of(
                                        "/bin/docker-28",
                                        "--context",
                                        "compose",
                                        "-H=x",
                                        "compose",
                                        "-f",
                                        "a.yaml",
                                        "up",
                                        "-d")))
                .contains(
                        new ComposeWords(
                                ContainerRuntime.DOCKER,
                                List.of("/bin/docker-28", "--context", "compose", "-H=x"),
                                List.of("-f", "a.yaml", "up", "-d")));
        assertThat(ComposeWords.of(List.of("podman", "compose")))
                .contains(new ComposeWords(ContainerRuntime.PODMAN, List.of("podman"), List.of()));
    }

    @Test
    void anImageOfThatNameIsNotCompose() {
        for (List<String> words :
                List.of(
                        List.of("docker", "run", "compose"),
                        List.of("docker", "--nonsense", "compose"),
                        List.of("docker", "--context", "compose"),
                        List.of("compose", "compose"),
                        List.<String>of())) {
            assertThat(ComposeWords.of(words)).isEqualTo(Optional.empty());
        }
    }
}
