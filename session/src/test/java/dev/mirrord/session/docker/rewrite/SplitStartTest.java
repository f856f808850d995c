package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitStartTest {

    private static Optional<SplitStart> split(String line) {
        return SplitStart.of(Lines.parse(line), Lines.rewrite(line));
    }

    @Test
    void anAttachedRunIsCreatedThenStartedAttached() {
        SplitStart split =
                split("docker -D run -it --rm --detach-keys ctrl-x img sh").orElseThrow();

        String name = "mirrord-s1-sidecar.run-mirrord-container-for-a-new-one";
        assertThat(split.sidecar().name()).isEqualTo(name);
        assertThat(split.create())
                .startsWith("docker", "--debug=true", "create", "--interactive=true", "--tty=true")
                .contains("--rm=true", "--network=container:" + name)
                .doesNotContain("--detach-keys=ctrl-x", "--network=container:mirrord-s1-sidecar")
                .endsWith("img", "--main", "--", "sh");
        assertThat(split.start("abc"))
                .containsExactly(
                        "docker",
                        "--debug=true",
                        "start",
                        "--attach",
                        "--interactive",
                        "--detach-keys=ctrl-x",
                        "abc");
    }

    @Test
    void aDetachedRunIsStartedUnattached() {
        SplitStart split = split("docker run -d img").orElseThrow();

        assertThat(split.create()).noneMatch(word -> word.startsWith("--detach"));
        assertThat(split.start("abc")).containsExactly("docker", "start", "abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker run -a stderr img",
                "docker run --sig-proxy=false img",
                "docker run -dit img"
            })
    void whatStartCannotDoStaysARun(String line) {
        assertThat(split(line)).isEmpty();
    }
}
