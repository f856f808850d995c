package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 3: outgoing connections leave from the target's pod, and connect tells the truth. */
class OutgoingClusterIT {
    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void tcpLeavesFromThePodOfTheTarget() {
        assertThat(Mirrord.onWeb().probe("tcp", "echo:7", "hello"))
                .contains("connected")
                .contains("peer " + podAddress() + ":")
                .contains("hello");
    }

    @Test
    void udpLeavesFromThePodOfTheTarget() {
        assertThat(Mirrord.onWeb().probe("udp", "echo:7", "hello"))
                .contains("peer " + podAddress() + ":")
                .contains("hello");
    }

    @Test
    void anUnconnectedSocketTalksToSeveralPeers() {
        String out =
                Mirrord.onWeb()
                        .script(
                                """
                                python3 - <<'END'
                                import socket
                                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                                s.settimeout(5)
                                a = socket.gethostbyname('echo')
                                for port in (7, 5353):
                                    s.sendto(b'x%d' % port, (a, port))
                                    data, peer = s.recvfrom(2000)
                                    print(peer == (a, port), data.split(b'\\n')[1].decode())
                                END
                                """)
                        .orFail()
                        .outLine();
        assertThat(out).isEqualTo("True x7\nTrue x5353");
    }

    @Test
    void aClosedPortIsRefused() {
        Command.Result result = Mirrord.onWeb().run(Mirrord.STATIC, "tcp", "echo:1");
        assertThat(result.out()).contains("ECONNREFUSED");
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() {
        assertThat(Mirrord.onWeb().script("nc -w 5 echo 25 </dev/null").orFail().out())
                .startsWith("220 ");
    }

    @Test
    void aResetArrivesAsAReset() {
        String out =
                Mirrord.onWeb()
                        .script(
                                """
                                python3 - <<'END'
                                import socket
                                s = socket.create_connection(('echo', 13), 5)
                                try:
                                    print('read', s.recv(1))
                                except ConnectionResetError:
                                    print('reset')
                                END
                                """)
                        .orFail()
                        .outLine();
        assertThat(out).isEqualTo("reset");
    }

    @Test
    void halfCloseGoesThrough() {
        String out =
                Mirrord.onWeb()
                        .script("printf 'last words' | nc -N -w 5 echo 7 | tail -n +2")
                        .orFail()
                        .outLine();
        assertThat(out).isEqualTo("last words");
    }

    @Test
    void theLoopbackOfThePodIsReachedButNotTheTargetsOwnPorts() {
        assertThat(Mirrord.onWeb().script("redis-cli -h 127.0.0.1 ping").orFail().outLine())
                .isEqualTo("PONG");
        assertThat(Mirrord.onWeb().run(Mirrord.STATIC, "tcp", "127.0.0.1:80").out())
                .contains("ECONNREFUSED");
    }

    @Test
    void ignoreLocalhostKeepsLoopbackLocal(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        "{\"feature\":{\"network\":{\"outgoing\":{\"ignore_localhost\":true}}}}");
        assertThat(
                        Mirrord.onWeb()
                                .with("-f", config.toString())
                                .run(Mirrord.STATIC, "tcp", "127.0.0.1:6379")
                                .out())
                .contains("ECONNREFUSED");
    }

    @Test
    void ordinaryClientsWork() {
        assertThat(Mirrord.onWeb().script("curl -sS http://catalog/").orFail().out())
                .contains("catalog");
        assertThat(Mirrord.onWeb().script("wrk -t1 -c4 -d1s http://catalog/").orFail().out())
                .contains("Requests/sec")
                .doesNotContain("Socket errors");
        assertThat(Mirrord.onWeb().probe("get", "http://orders:8080/")).isNotEmpty();
    }

    @Test
    void aNeighbourOnAnOwnDockerNetworkStaysReachable() {
        Command.docker("network", "create", "mirrord-it-net").orFail();
        try {
            Command.docker(
                            "run", "-d", "--rm", "--name", "mirrord-it-db", "--network",
                            "mirrord-it-net", Mirrord.STATIC, "serve", "tcp=7")
                    .orFail();
            assertThat(
                            Mirrord.onWeb()
                                    .docker("--network", "mirrord-it-net")
                                    .probe("tcp", "mirrord-it-db:7", "hello"))
                    .contains("hello");
            assertThat(
                            Mirrord.onWeb()
                                    .docker("--network", "mirrord-it-net")
                                    .probe("tcp", "echo:7", "hello"))
                    .contains("peer " + podAddress() + ":");
        } finally {
            Command.docker("rm", "-f", "mirrord-it-db");
            Command.docker("network", "rm", "mirrord-it-net");
        }
    }

    @Test
    void outgoingCanStayLocal() {
        Command.Result result =
                Mirrord.onWeb()
                        .with("--no-outgoing")
                        .run(Mirrord.STATIC, "tcp", "echo:7", "hello", "2s");
        assertThat(result.out()).doesNotContain("peer " + podAddress());
    }

    @Test
    void targetlessHasDnsAndNetworkOfTheNamespace() {
        assertThat(Mirrord.on("targetless").probe("tcp", "echo:7", "hello")).contains("hello");
    }

    private static String podAddress() {
        return Command.kubectl(
                        "get", "pod", "-n", "shop", "-l", "app=web", "-o",
                        "jsonpath={.items[0].status.podIP}")
                .orFail()
                .outLine();
    }
}
