package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import java.util.List;
import org.junit.jupiter.api.Test;

class SidecarLinesTest {

    private static final String LINE =
            "docker run --name web -p 127.0.0.1:8080:80 --network a --network name=b,alias=c img";

    @Test
    void theLinesCouldBeTyped() {
        List<List<String>> lines = SidecarLines.of(Lines.sidecar(LINE), List.of("docker"));

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("--name=mirrord-s1-layer", "--network=none");
        assertThat(lines.get(2))
                .containsExactly(
                        "docker",
                        "network",
                        "connect",
                        "--alias=c",
                        "--alias=web",
                        "b",
                        "mirrord-s1-sidecar");
        assertThat(lines.get(3)).containsExactly("docker", "start", "mirrord-s1-sidecar");
    }

    @Test
    void theSidecarsLineSaysTheSameAsItsSpecification() {
        ContainerCommand line =
                CommandParser.parse(SidecarLines.of(Lines.sidecar(LINE), List.of("docker")).get(1));
        SidecarSpec again =
                Rewriter.rewrite(line, Lines.image(), Lines.FACTS, path -> true).sidecar();

        assertThat(again.ports()).isEqualTo(Lines.sidecar(LINE).ports());
        assertThat(again.networks().getFirst().aliases()).contains("web");
    }
}
