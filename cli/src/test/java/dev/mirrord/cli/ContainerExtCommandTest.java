package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.ContextContainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerExtCommandTest {
    @Test
    void anImageIsEnough() {
        assertThat(ContainerExtCommand.line(List.of("img", "serve"), Map.of()))
                .containsExactly("docker", "run", "img", "serve");
        assertThat(
                        ContainerExtCommand.line(
                                List.of("img"), Map.of("MIRRORD_CONTAINER_USE_RUNTIME", "podman")))
                .containsExactly("podman", "run", "img");
        List<String> whole = List.of("docker", "run", "-p", "80:80", "img");
        assertThat(ContainerExtCommand.line(whole, Map.of())).isEqualTo(whole);
    }

    @Test
    void theOptionsAreThoseOfDockerRun() {
        ContextContainer container =
                new ContextContainer(
                        "container:s",
                        "l:ro",
                        List.of("/.mirrord/run"),
                        List.of("--main", "--", "app"),
                        Map.of("dev.mirrord/session", "abc"),
                        List.of("CMD-SHELL", "true || false"));
        assertThat(ContainerExtCommand.extraArguments(container))
                .containsExactly(
                        "--network=container:s",
                        "--volumes-from=l:ro",
                        "--entrypoint=/.mirrord/run",
                        "--label=dev.mirrord/session=abc",
                        "--health-cmd=true || false");
    }
}
