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
 * A DNS server of the cluster, CoreDNS, and one on this machine that stands in for it: the target
 * says 10.9.9.1 for every name, the app 10.9.9.2.
 */
class UdpClusterIT {
    private static final String NAME = "mirrord-it-dns";
    private static final String IMAGE = "mirrord-node.local/coredns:1";
    private static final String TARGET = "10.9.9.1";
    private static final String APP = "10.9.9.2";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration GIVEN_BACK = Duration.ofSeconds(10);

    private static final String COREFILE =
            """
            .:53 {
              errors
              log
              template IN A . {
                answer "{{ .Name }} 5 IN A %s"
              }
            }
            """;

    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %1$s, namespace: shop}
            data:
              Corefile: |
            %2$s
            ---
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
                  - name: dns
                    image: %3$s
                    imagePullPolicy: Never
                    args: [-conf, /etc/coredns/Corefile]
                    ports: [{containerPort: 53, protocol: UDP}]
                    volumeMounts: [{name: config, mountPath: /etc/coredns}]
                  volumes: [{name: config, configMap: {name: %1$s}}]
            """;

    /** Asks for a name by UDP, over and over if told so, and prints each address. */
    private static final String QUERY =
            """
            import socket, sys
            q = bytes([18,52,1,0,0,1,0,0,0,0,0,0]) + b'\\x03who\\x04test\\x00\\x00\\x01\\x00\\x01'
            for _ in range(int(sys.argv[2])):
                with socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.settimeout(2)
                    s.connect((sys.argv[1], 53))
                    try:
                        s.send(q)
                        print('.'.join(map(str, s.recv(512)[-4:])), flush=True)
                    except OSError as failure:
                        print(failure, flush=True)
            """;

    private static Client client;
    private static String address;
    private static String address6;

    @BeforeAll
    static void startServer() {
        client = Client.start("mirrord-it-dns-client");
        String manifest =
                MANIFEST.formatted(
                        NAME, COREFILE.formatted(TARGET).indent(4).stripTrailing(), IMAGE);
        Pods.apply(manifest);
        Pods.rolledOut(NAME);
        address = Pods.addresses("app=" + NAME).getFirst();
        address6 = Pods.addresses6("app=" + NAME).getFirst();
        Eventually.within(START, () -> "no answer").until(() -> ask().equals(TARGET));
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        Command.kubectl(
                "delete", "-n", "shop", "deployment/" + NAME, "configmap/" + NAME, "--wait=false");
        Cluster.assertNothingLeft();
    }

    private static String ask() {
        return ask(1).strip();
    }

    private static String ask(int times) {
        return ask(address, times);
    }

    private static String ask(String server, int times) {
        return client.run("python3", "-c", QUERY, server, Integer.toString(times)).orFail().out();
    }

    private static Command.Running app(Path directory, String name, String... options)
            throws IOException {
        Path file = Files.writeString(directory.resolve("Corefile"), COREFILE.formatted(APP));
        return Mirrord.on("deployment/" + NAME)
                .with(options)
                .docker("--name", name, "-v", file + ":/Corefile:ro")
                .start(IMAGE, "-conf", "/Corefile");
    }

    @Test
    void aStolenServerIsTheTargetsAgainWhenTheAgentIsKilled(@TempDir Path directory)
            throws IOException {
        String name = "mirrord-it-dns-steal";
        try (Command.Running app = app(directory, name, "--steal")) {
            Eventually.within(START, app::text).until(() -> ask().equals(APP));
            assertThat(ask(20).lines()).hasSize(20).containsOnly(APP);
            assertThat(ask(address6, 20).lines()).hasSize(20).containsOnly(APP);
            assertThat(Node.rulesOf("app=" + NAME)).contains("tproxy ip to", "udp dport @ports");
            Node.killAgent(Mirrord.sessionOf(name));
            assertThat(ask(20).lines()).hasSize(20).containsOnly(TARGET);
            assertThat(ask(address6, 20).lines()).hasSize(20).containsOnly(TARGET);
            Eventually.within(GIVEN_BACK, () -> Node.rulesOf("app=" + NAME))
                    .until(() -> Node.rulesOf("app=" + NAME).isBlank());
            Command.docker("stop", "-t", "1", name);
            app.await(Duration.ofSeconds(40));
        }
        assertThat(ask()).isEqualTo(TARGET);
    }

    @Test
    void aMirroredServerAnswersAndTheAppsAnswersGoNowhere(@TempDir Path directory)
            throws IOException {
        String name = "mirrord-it-dns-mirror";
        try (Command.Running app = app(directory, name)) {
            Eventually.within(START, app::text)
                    .until(() -> ask().equals(TARGET) && app.text().contains("who.test."));
            assertThat(app.text()).contains(client.address() + ":");
            assertThat(ask(20).lines()).hasSize(20).containsOnly(TARGET);
            assertThat(ask(address6, 20).lines()).hasSize(20).containsOnly(TARGET);
            Eventually.within(START, app::text)
                    .until(() -> app.text().contains("[" + client.address6() + "]:"));
            assertThat(Node.rulesOf("app=" + NAME)).isBlank();
            Command.docker("stop", "-t", "5", name);
            assertThat(app.await(Duration.ofSeconds(40)).err())
                    .containsPattern("mirrored [0-9]+ datagrams");
        }
    }

    @Test
    void dumpPrintsDatagrams() {
        try (Command.Running dump =
                Command.startMirrord(
                        List.of(
                                "dump",
                                "-t",
                                "deployment/" + NAME,
                                "-n",
                                "shop",
                                "-p",
                                "53/udp"))) {
            dump.awaitErr("what arrives at", START);
            assertThat(ask()).isEqualTo(TARGET);
            dump.awaitOut("sends " + address + ":53 a datagram of 26 bytes", START);
        }
    }
}
