package dev.mirrord.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The cluster under test and what sessions may leave in it. */
final class Cluster {
    private Cluster() {}

    static String kubeconfig() {
        String path = System.getenv("MIRRORD_TEST_KUBECONFIG");
        if (path == null || path.isBlank()) {
            throw new AssertionError(
                    "MIRRORD_TEST_KUBECONFIG is not set: run ./verify, or dev/cluster/up and set it"
                            + " to the path it prints");
        }
        return path;
    }

    /**
     * Fails unless, within 30 s, no container, volume, network, directory, job or pod of any
     * session of ours is left.
     */
    static void assertNothingLeft() {
        assertNothingLeftAfter(Duration.ofSeconds(30));
    }

    static void assertNothingLeftAfter(Duration limit) {
        Eventually.within(limit, () -> "left: " + leftovers()).until(() -> leftovers().isEmpty());
    }

    /** What is there now of our sessions, running or not. */
    static List<String> leftovers() {
        List<String> left = new ArrayList<>(Sessions.directories());
        left.addAll(onEngine());
        String selector = "dev.mirrord/session in (" + String.join(",", Sessions.ids()) + ")";
        Command.kubectl("get", "jobs,pods", "-A", "-l", selector, "-o", "name")
                .orFail()
                .out()
                .lines()
                .forEach(left::add);
        return left;
    }

    /** Containers, volumes and networks of our sessions: kind, id, session. */
    static List<String> onEngine() {
        List<String> ids = Sessions.ids();
        String filter = "label=dev.mirrord/session";
        String label = "{{.Label \"dev.mirrord/session\"}}";
        List<String> found = new ArrayList<>();
        for (List<String> line :
                List.of(
                        List.of(
                                "ps",
                                "-a",
                                "--filter",
                                filter,
                                "--format",
                                "container {{.Names}} " + label),
                        List.of(
                                "volume",
                                "ls",
                                "--filter",
                                filter,
                                "--format",
                                "volume {{.Name}} " + label),
                        List.of(
                                "network",
                                "ls",
                                "--filter",
                                filter,
                                "--format",
                                "network {{.Name}} " + label))) {
            Command.docker(line.toArray(String[]::new))
                    .orFail()
                    .out()
                    .lines()
                    .filter(text -> ids.contains(text.substring(text.lastIndexOf(' ') + 1)))
                    .forEach(found::add);
        }
        return found;
    }
}
