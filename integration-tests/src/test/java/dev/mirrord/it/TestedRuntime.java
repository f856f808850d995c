package dev.mirrord.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A container engine with its client, as a user of it has them.
 *
 * @param name in the table of docs/runtimes.md
 * @param mirrord this checkout's command line, as that user
 * @param client how a container line of that user begins
 * @param asked how the same client is called by the test
 * @param owner of what its sessions make
 */
record TestedRuntime(
        String name, List<String> mirrord, List<String> client, List<String> asked, String owner) {

    private static final String MIRRORD = Command.ROOT.resolve("mirrord").toString();
    private static final String ROOTLESS = Command.ROOT.resolve("dev/podman/rootless").toString();

    /** Those of {@code ./verify}, and a current Docker Engine where one was started for it. */
    static Stream<TestedRuntime> here() {
        List<TestedRuntime> all = new ArrayList<>();
        all.add(ofRoot("Docker Engine 20.10", List.of("docker")));
        String podman = required("MIRRORD_TEST_PODMAN", "dev/podman/up");
        all.add(ofRoot("Podman 4.3, root", List.of(podman + "/podman")));
        all.add(
                new TestedRuntime(
                        "Podman 4.3, rootless",
                        List.of(ROOTLESS, "mirrord"),
                        List.of("podman"),
                        List.of(ROOTLESS, "podman"),
                        "mirrord-podman"));
        String current = System.getenv("MIRRORD_TEST_CURRENT_ENGINE");
        if (current != null) {
            all.add(ofRoot("Docker Engine, API 1.56", List.of("docker", "-H", current)));
        }
        return all.stream();
    }

    private static TestedRuntime ofRoot(String name, List<String> client) {
        return new TestedRuntime(
                name, List.of(MIRRORD), client, client, System.getProperty("user.name"));
    }

    private static String required(String variable, String script) {
        String value = System.getenv(variable);
        if (value == null || value.isBlank()) {
            throw new AssertionError(
                    variable
                            + " is not set: run ./verify, or set it to what "
                            + script
                            + " prints");
        }
        return value;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Begins a session in the context of the shop's web. */
    Command.Running start(List<String> options, List<String> containerLine) {
        List<String> line = new ArrayList<>(mirrord);
        line.addAll(List.of("container", "-t", "deployment/web", "-n", "shop"));
        line.addAll(options);
        line.add("--");
        line.addAll(client);
        line.addAll(containerLine);
        return Command.start(line, Map.of());
    }

    Command.Result run(List<String> options, List<String> containerLine) {
        return Command.finish(start(options, containerLine), Duration.ofSeconds(90));
    }

    /** Asks the client itself. */
    Command.Result ask(String... words) {
        List<String> line = new ArrayList<>(asked);
        line.addAll(List.of(words));
        return Command.finish(Command.start(line, Map.of()), Duration.ofSeconds(60));
    }

    /** What is there of any session of this user, on the engine and in the cluster. */
    List<String> leftovers() {
        List<String> left = new ArrayList<>();
        String label = "label=dev.mirrord/session";
        add(left, "container ", ask("ps", "-aq", "--filter", label));
        add(left, "volume ", ask("volume", "ls", "-q", "--filter", label));
        add(left, "unused volume ", ask("volume", "ls", "-q", "--filter", "dangling=true"));
        Command.kubectl(
                        "get",
                        "jobs,pods",
                        "-A",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.annotations.dev\\.mirrord/owner}"
                                + " {.kind}/{.metadata.name}{\"\\n\"}{end}")
                .orFail()
                .out()
                .lines()
                .filter(line -> line.startsWith(owner + "@"))
                .forEach(left::add);
        return left;
    }

    private static void add(List<String> left, String kind, Command.Result listed) {
        listed.orFail()
                .out()
                .lines()
                .filter(line -> !line.isBlank())
                .map(kind::concat)
                .forEach(left::add);
    }
}
