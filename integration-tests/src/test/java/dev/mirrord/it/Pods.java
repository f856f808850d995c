package dev.mirrord.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pods of the shop, some of them made for a test. */
final class Pods {
    private static final String DEPLOYMENT =
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: shop}
            spec:
              replicas: %2$d
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: %1$s
                    image: mirrord-test/static-go
                    imagePullPolicy: IfNotPresent
                    args: [serve, http=80]
                    ports: [{containerPort: 80}]
                    env: [{name: SERVICE_NAME, value: %1$s}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec: {selector: {app: %1$s}, ports: [{port: 80}]}
            """;

    private Pods() {}

    /** Makes a deployment and its service, both of that name, which tell it as theirs. */
    static void deploy(String name, int replicas) {
        apply(DEPLOYMENT.formatted(name, replicas));
        rolledOut(name);
    }

    /** Makes what a manifest says. */
    static void apply(String manifest) {
        Command.finish(
                        Command.start(
                                List.of(
                                        "bash",
                                        "-c",
                                        "${MIRRORD_TEST_KUBECTL:-kubectl} apply -f - <<'END'\n"
                                                + manifest
                                                + "END"),
                                Map.of()),
                        Duration.ofSeconds(30))
                .orFail();
    }

    static void scale(String name, int replicas) {
        Command.kubectl("scale", "-n", "shop", "deployment/" + name, "--replicas=" + replicas)
                .orFail();
        rolledOut(name);
    }

    /**
     * Removes a deployment and its service.
     *
     * @param more kinds of which there is one of that name, too
     */
    static void remove(String name, String... more) {
        List<String> line = new ArrayList<>(List.of("delete", "-n", "shop", "--wait=false"));
        Stream.concat(Stream.of("deployment", "service"), Stream.of(more))
                .forEach(kind -> line.add(kind + "/" + name));
        Command.kubectl(line.toArray(String[]::new));
    }

    /** Runs a program in the container of the shop's web deployment itself, without a session. */
    static Command.Result inWeb(String... program) {
        List<String> line =
                new ArrayList<>(List.of("exec", "-n", "shop", "deployment/web", "-c", "web", "--"));
        line.addAll(List.of(program));
        return Command.kubectl(line.toArray(String[]::new));
    }

    /** The target of one pod that a selector finds. */
    static String one(String selector) {
        return "pod/" + get(selector, ".metadata.name").getFirst();
    }

    static String addressOfService(String name) {
        return Command.kubectl(
                        "get", "service", "-n", "shop", name, "-o", "jsonpath={.spec.clusterIP}")
                .orFail()
                .outLine();
    }

    /** The addresses of the pods that a selector finds. */
    static List<String> addresses(String selector) {
        return get(selector, ".status.podIP");
    }

    /** Their IPv6 addresses. */
    static List<String> addresses6(String selector) {
        return get(selector, "(index .status.podIPs 1).ip");
    }

    /** A field of the running pods that a selector finds and that are not about to go. */
    private static List<String> get(String selector, String field) {
        return List.of(
                Command.kubectl(
                                "get",
                                "pods",
                                "-n",
                                "shop",
                                "-l",
                                selector,
                                "--field-selector=status.phase=Running",
                                "-o",
                                "go-template={{range .items}}{{if not"
                                        + " .metadata.deletionTimestamp}}{{"
                                        + field
                                        + "}} {{end}}{{end}}")
                        .orFail()
                        .outLine()
                        .split(" "));
    }

    /** Waits until all pods of a deployment are ready. */
    static void rolledOut(String name) {
        Command.kubectl("rollout", "status", "-n", "shop", "deployment/" + name, "--timeout=60s")
                .orFail();
    }
}
