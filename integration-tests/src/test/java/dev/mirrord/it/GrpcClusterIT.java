package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * gRPC's own interoperability server as target and as app, its own client, and a filter. Both
 * servers print each header field that they get.
 */
class GrpcClusterIT {
    private static final String NAME = "mirrord-it-grpc";
    private static final Duration START = Duration.ofSeconds(60);

    /** The four kinds of calls, then trailers with metadata and with a status. */
    private static final List<String> CALLS =
            List.of(
                    "large_unary",
                    "client_streaming",
                    "server_streaming",
                    "ping_pong",
                    "custom_metadata",
                    "status_code_and_message");

    private static final String MANIFEST =
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: shop}
            spec:
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: grpc
                    image: mirrord-test/glibc
                    imagePullPolicy: IfNotPresent
                    command: [bash, -c, "until test -x /tmp/server; do sleep 0.1; done; exec /tmp/server --port=50051"]
                    env: [{name: GODEBUG, value: http2debug=2}]
                    ports: [{containerPort: 50051}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec: {selector: {app: %1$s}, ports: [{port: 50051}]}
            """;

    private static Path programs;
    private static Client client;

    @BeforeAll
    static void deploy() {
        programs = Path.of(Command.run("dev/test-programs").orFail().outLine());
        client = Client.start(NAME + "-client");
        Pods.apply(MANIFEST.formatted(NAME));
        Pods.rolledOut(NAME);
        put("client", "pod/" + client.name());
        put("server", "deployment/" + NAME);
        Eventually.within(START, () -> "no answer")
                .until(() -> client.run("nc", "-z", NAME, "50051").exitCode() == 0);
    }

    /** A program that a pod of the cluster is to have below /tmp. */
    private static void put(String program, String pod) {
        Command.shell(
                        "gzip -1 < %s | ${MIRRORD_TEST_KUBECTL:-kubectl} exec -i -n shop %s -- bash -c 'gzip -d > /tmp/%s.new && chmod +x /tmp/%s.new && mv /tmp/%s.new /tmp/%s'"
                                .formatted(
                                        programs.resolve(program),
                                        pod,
                                        program,
                                        program,
                                        program,
                                        program))
                .orFail();
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        try {
            Cluster.assertNothingLeft();
        } finally {
            Pods.remove(NAME);
        }
    }

    /** The client checks each answer, and fails with what it did not expect. */
    private static Command.Result call(String user, List<String> cases) {
        return client.run(
                "bash",
                "-c",
                "for each in %s; do timeout 20 /tmp/client --server_host=%s --server_port=50051 --additional_metadata=x-user:%s --test_case=$each || exit; done"
                        .formatted(String.join(" ", cases), NAME, user));
    }

    private static String targetsLog() {
        return Command.kubectl("logs", "-n", "shop", "deployment/" + NAME).orFail().out();
    }

    private static long calls(String log, String user) {
        return log.lines().filter(line -> line.contains("\"x-user\" = \"" + user + "\"")).count();
    }

    @Test
    void callsOfEveryKindGoToWhomTheFilterSays(@TempDir Path directory) throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "feature: {network: {incoming: {mode: steal, http_filter: {header_filter:"
                                + " '^x-user: alice'}}}}\n");
        try (Command.Running app =
                Mirrord.on("deployment/" + NAME)
                        .with("-f", config.toString())
                        .docker("-v", programs + ":/grpc:ro", "-e", "GODEBUG=http2debug=2")
                        .start(Mirrord.GLIBC, "/grpc/server", "--port=50051")) {
            Eventually.within(START, app::text)
                    .until(
                            () -> {
                                call("alice-first", List.of("empty_unary")).orFail();
                                return calls(app.text(), "alice-first") > 0;
                            });
            call("alice", CALLS).orFail();
            call("bob", CALLS).orFail();
            Eventually.within(START, GrpcClusterIT::targetsLog)
                    .until(() -> calls(targetsLog(), "bob") >= CALLS.size());
            // Metadata is asked for in a call of each of two kinds, a status too.
            assertThat(calls(app.text(), "alice")).isEqualTo(calls(targetsLog(), "bob"));
            assertThat(calls(app.text(), "bob")).isZero();
            assertThat(calls(targetsLog(), "alice")).isZero();
        }
        call("alice", List.of("empty_unary")).orFail();
        assertThat(calls(targetsLog(), "alice")).isEqualTo(1);
    }
}
