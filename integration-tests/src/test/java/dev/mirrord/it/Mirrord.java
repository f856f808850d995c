package dev.mirrord.it;

import java.util.ArrayList;
import java.util.List;

/**
 * A {@code mirrord container} line in the making.
 *
 * @param options of mirrord
 * @param dockerOptions of {@code docker run}; {@code --rm} is always there
 */
record Mirrord(List<String> options, List<String> dockerOptions) {
    static final String STATIC = "mirrord-test/static-go";
    static final String GLIBC = "mirrord-test/glibc";
    static final String MUSL = "mirrord-test/musl";

    /** In the context of a target of the shop. */
    static Mirrord on(String target) {
        return new Mirrord(List.of("container", "-t", target, "-n", "shop"), List.of("--rm"));
    }

    /** In the context of the shop's web deployment. */
    static Mirrord onWeb() {
        return on("deployment/web");
    }

    Mirrord with(String... more) {
        return new Mirrord(join(options, more), dockerOptions);
    }

    Mirrord docker(String... more) {
        return new Mirrord(options, join(dockerOptions, more));
    }

    List<String> line(String image, String... arguments) {
        List<String> line = new ArrayList<>(options);
        line.addAll(List.of("--", "docker", "run"));
        line.addAll(dockerOptions);
        line.add(image);
        line.addAll(List.of(arguments));
        return line;
    }

    /** Runs to the end. */
    Command.Result run(String image, String... arguments) {
        return Command.mirrord(line(image, arguments).toArray(String[]::new));
    }

    /** Runs a command of the probe in the static image and returns its line. */
    String probe(String... arguments) {
        return run(STATIC, arguments).orFail().outLine();
    }

    /** Runs a shell script in the glibc image. */
    Command.Result script(String script) {
        return docker("--entrypoint", "bash").run(GLIBC, "-c", script);
    }

    Command.Running start(String image, String... arguments) {
        return Command.startMirrord(line(image, arguments));
    }

    /** The session to which a container belongs. */
    static String sessionOf(String container) {
        return Command.docker(
                        "inspect",
                        "-f",
                        "{{index .Config.Labels \"dev.mirrord/session\"}}",
                        container)
                .orFail()
                .outLine();
    }

    private static List<String> join(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
