package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import java.util.List;
import java.util.Set;

/** Lines and images for the tests of this package. */
final class Lines {

    static final SessionFacts FACTS = SessionFacts.of("s1", "me@here", "mirrord-sidecar:1");

    private Lines() {}

    static ContainerCommand parse(String line) {
        return CommandParser.parse(List.of(line.split(" ")));
    }

    static Rewrite rewrite(String line) {
        return rewrite(line, image());
    }

    static Rewrite rewrite(String line, ImageConfig image) {
        return Rewriter.rewrite(parse(line), image, FACTS, path -> true);
    }

    static SidecarSpec sidecar(String line) {
        return rewrite(line).sidecar();
    }

    static ImageConfig image() {
        return image(List.of(), List.of("app"));
    }

    static ImageConfig image(List<String> entrypoint, List<String> command) {
        return image(entrypoint, command, List.of(), List.of(), Set.of());
    }

    static ImageConfig image(
            List<String> entrypoint,
            List<String> command,
            List<String> healthTest,
            List<String> shell,
            Set<String> ports) {
        return new ImageConfig(
                "sha256:0",
                entrypoint,
                command,
                healthTest,
                shell,
                ports,
                List.of(),
                "",
                "linux",
                "amd64");
    }
}
