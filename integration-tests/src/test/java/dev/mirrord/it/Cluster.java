package dev.mirrord.it;

import java.time.Duration;

/** The cluster under test and what sessions may leave in it. */
final class Cluster {
    private Cluster() {}

    static String kubeconfig() {
        String path = System.getenv("MIRRORD_TEST_KUBECONFIG");
        if (path == null || path.isBlank()) {
            throw new AssertionError(
                    "MIRRORD_TEST_KUBECONFIG is not set: run ./verify, or dev/cluster/up and set it to the path it prints");
        }
        return path;
    }

    /** Fails unless, within 30 s, no container, volume, network, job or pod of any session is left. */
    static void assertNothingLeft() {
        Eventually.within(Duration.ofSeconds(30), Cluster::leftovers)
                .until(() -> leftovers().isBlank());
    }

    static String leftovers() {
        String label = "label=dev.mirrord/session";
        return Command.docker("ps", "-aq", "--filter", label).outLine()
                + Command.docker("volume", "ls", "-q", "--filter", label).outLine()
                + Command.docker("network", "ls", "-q", "--filter", label).outLine()
                + Command.kubectl(
                                "get",
                                "jobs,pods",
                                "-A",
                                "-l",
                                "dev.mirrord/session",
                                "-o",
                                "name",
                                "--ignore-not-found")
                        .outLine();
    }
}
