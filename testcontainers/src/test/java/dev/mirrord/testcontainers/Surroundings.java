package dev.mirrord.testcontainers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The cluster and the engine under test, and what contexts leave there. */
final class Surroundings {
    private Surroundings() {}

    static Path kubeconfig() {
        return Path.of(required("MIRRORD_TEST_KUBECONFIG"));
    }

    /** A context of the shop in the test cluster. */
    static ClusterContext shop(String target) {
        return ClusterContext.of(target).inNamespace("shop").kubeconfig(kubeconfig());
    }

    /** Sessions whose containers, running or not, are on the engine. */
    static List<String> sessions() {
        return run("docker", "ps", "-a", "--format", "{{.Label \"dev.mirrord/session\"}}")
                .lines()
                .filter(session -> !session.isBlank())
                .distinct()
                .toList();
    }

    static String sessionOf(String container) {
        return run(
                        "docker",
                        "inspect",
                        "-f",
                        "{{index .Config.Labels \"dev.mirrord/session\"}}",
                        container)
                .strip();
    }

    /** Fails unless, within a limit, nothing of a session is on engine and cluster. */
    static void assertNothingLeftOf(String session) {
        await(
                Duration.ofSeconds(30),
                () -> "left: " + leftovers(session),
                () -> leftovers(session).isBlank());
    }

    /** The agents in the shop, of everybody. */
    static List<String> agents() {
        return kubectl("get", "jobs", "-n", "shop", "-l", "dev.mirrord/session", "-o", "name")
                .lines()
                .filter(line -> line.startsWith("job"))
                .toList();
    }

    /** Fails unless, within a limit, there are none but these. */
    static void assertNoAgentsBut(List<String> expected) {
        await(
                Duration.ofSeconds(30),
                () -> "agents: " + agents(),
                () -> expected.containsAll(agents()));
    }

    static void await(Duration limit, Supplier<String> description, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit + ": " + description.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    static String kubectl(String... words) {
        List<String> line = new ArrayList<>();
        line.add(System.getenv().getOrDefault("MIRRORD_TEST_KUBECTL", "kubectl"));
        line.add("--kubeconfig=" + kubeconfig());
        line.addAll(List.of(words));
        return run(line.toArray(String[]::new));
    }

    static String run(String... line) {
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", line) + "\n" + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String leftovers(String session) {
        String label = "dev.mirrord/session=" + session;
        return run("docker", "ps", "-a", "--filter", "label=" + label, "--format", "{{.Names}}")
                + run("docker", "volume", "ls", "-q", "--filter", "label=" + label)
                + kubectl("get", "jobs,pods", "-A", "-l", label, "-o", "name");
    }

    private static String required(String variable) {
        String value = System.getenv(variable);
        if (value == null || value.isBlank()) {
            throw new AssertionError(
                    variable
                            + " is not set: run ./verify, or dev/cluster/up and set it to the path"
                            + " it prints");
        }
        return value;
    }
}
