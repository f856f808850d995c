package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 3: outgoing connections leave from the target's pod, and connect tells the truth. */
class OutgoingClusterIT {
    /** Servers that the shop has not: a database and a meter, in one pod. */
    private static final String PEERS =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: it-peers, namespace: shop, labels: {app: it-peers}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: iperf
                image: mirrord-test/glibc
                imagePullPolicy: IfNotPresent
                command: [iperf3, -s]
              - name: postgres
                image: mirrord-test/postgres
                imagePullPolicy: IfNotPresent
                env: [{name: POSTGRES_PASSWORD, value: it}]
                readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 1}
            """;

    private static final String SCRIPT =
            """
            S tcp4; probe tcp "$(probe dns echo ip4):7" hello
            S tcp6; probe tcp "[$(probe dns echo ip6)]:7" hello
            S udp4; probe udp "$(probe dns echo ip4):7" hello
            S udp6; probe udp "[$(probe dns echo ip6)]:7" hello
            S refused; probe tcp echo:1
            S refused6; probe tcp "[$(probe dns echo ip6)]:1"
            S filtered; probe tcp 203.0.113.1:80 '' 3s
            S host unreachable; probe tcp 203.0.113.2:80 '' 5s
            S network unreachable; probe tcp 203.0.113.3:80 '' 5s
            S prohibited; probe tcp 203.0.113.4:80 '' 5s
            S accepted; probe tcp echo:9 '' 5s
            S speaks first; nc -w 5 echo 25 </dev/null
            S half-close; printf 'last words' | nc -N -w 5 echo 7 | tail -n +2
            S python; python3 - <<'END'
            import socket
            try:
                s = socket.create_connection(('echo', 13), 5)
                print('read', s.recv(1))
            except ConnectionResetError:
                print('reset')
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(5)
            a = socket.gethostbyname('echo')
            for port in (7, 5353):
                s.sendto(b'x%d' % port, (a, port))
                data, peer = s.recvfrom(2000)
                print(peer == (a, port), data.split(b'\\n')[1].decode())
            big = b'b' * 20000
            s.sendto(big, (a, 7))
            print('big', s.recvfrom(65535)[0].endswith(b'\\n' + big))
            s = socket.create_connection(('echo', 7), 5)
            s.settimeout(20)
            import threading
            sent = bytes(range(256)) * 40000
            threading.Thread(target=lambda: (s.sendall(sent), s.shutdown(socket.SHUT_WR))).start()
            got = bytearray()
            while chunk := s.recv(65536):
                got += chunk
            print('bulk', got.split(b'\\n', 1)[1] == sent)
            END
            S redis; redis-cli -h 127.0.0.1 set it-key value; redis-cli -h 127.0.0.1 get it-key
            S own port; probe tcp 127.0.0.1:80
            S own port by name; probe tcp localhost:9090
            S nobody; probe tcp 127.0.0.1:4
            (cd /srv && exec python3 -m http.server 9090) >/dev/null 2>&1 &
            until probe tcp 127.0.0.1:9090 >/dev/null; do :; done
            S own port once the app listens; curl -sS http://127.0.0.1:9090/
            S udp closed; probe udp PEERS:4 hello
            S curl; curl -sS http://catalog/
            S curl6; curl -6 -sS http://www.public.example/
            S wrk; wrk -t1 -c4 -d1s http://catalog/
            # The server takes one client at a time, and a moment to see that the last has gone.
            meter() { timeout 20 bash -c 'until iperf3 -c PEERS -t 1 "$@" 2>/dev/null; do sleep 0.2; done' - "$@" | tail -n 1; }
            S iperf3; meter
            S iperf3 download; meter -R
            S iperf3 udp; meter -u -b 5M
            S psql; PGPASSWORD=it psql -h PEERS -U postgres -Atc 'select 40 + 2, inet_client_addr()'
            kill %1
            """;

    private static Sections app = new Sections(Map.of());
    private static String pod = "";
    private static String pod6 = "";

    @BeforeAll
    static void connectEverywhere(@TempDir Path directory) throws Exception {
        Path manifest = Files.writeString(directory.resolve("peers.yaml"), PEERS);
        Command.kubectl("apply", "-f", manifest.toString()).orFail();
        Command.kubectl(
                        "wait",
                        "-n",
                        "shop",
                        "--for=condition=Ready",
                        "pod/it-peers",
                        "--timeout=100s")
                .orFail();
        pod = addressOf("app=web", 0);
        pod6 = addressOf("app=web", 1);
        String peers = addressOf("app=it-peers", 0);
        app = Sections.of(Mirrord.onWeb(), SCRIPT.replace("PEERS", peers));
    }

    @AfterAll
    static void nothingIsLeft() {
        Command.kubectl(
                "delete", "pod", "-n", "shop", "it-peers", "--ignore-not-found", "--wait=false");
        Cluster.assertNothingLeft();
    }

    @Test
    void tcpAndUdpLeaveFromThePodOfTheTarget() {
        assertThat(app.get("tcp4")).startsWith("connected ").contains("\npeer " + pod + ":");
        assertThat(app.get("tcp4")).endsWith("\nhello");
        assertThat(app.get("udp4")).startsWith("peer " + pod + ":").endsWith("\nhello");
        assertThat(app.get("tcp6")).startsWith("connected ").contains("\npeer [" + pod6 + "]:");
        assertThat(app.get("tcp6")).endsWith("\nhello");
        assertThat(app.get("udp6")).startsWith("peer [" + pod6 + "]:").endsWith("\nhello");
    }

    @Test
    void connectTellsTheTruth() {
        assertThat(app.get("refused")).startsWith("ECONNREFUSED ");
        assertThat(app.get("refused6")).startsWith("ECONNREFUSED ");
        assertThat(app.get("filtered")).matches("timeout (3\\d|[4-9]\\d)\\d\\d");
        assertThat(app.get("host unreachable")).startsWith("EHOSTUNREACH ");
        assertThat(app.get("network unreachable")).startsWith("ENETUNREACH ");
        assertThat(app.get("prohibited")).startsWith("EHOSTUNREACH ");
        assertThat(app.get("accepted")).startsWith("connected ");
    }

    @Test
    void aServerThatSpeaksFirstIsHeardAndHalfCloseGoesThrough() {
        assertThat(app.get("speaks first")).startsWith("220 ").contains(" ready for ");
        assertThat(app.get("half-close")).isEqualTo("last words");
    }

    @Test
    void resetsDatagramsToSeveralPeersAndBulkArriveAsTheyWereSent() {
        assertThat(app.get("python")).isEqualTo("reset\nTrue x7\nTrue x5353\nbig True\nbulk True");
    }

    @Test
    void aConnectedUdpSocketIsToldOfAClosedPort() {
        assertThat(app.get("udp closed")).isEqualTo("ECONNREFUSED");
    }

    @Test
    void theLoopbackOfThePodIsReachedButNotTheTargetsOwnPorts() {
        assertThat(app.get("redis")).isEqualTo("OK\nvalue");
        assertThat(
                        Command.kubectl(
                                        "exec",
                                        "-n",
                                        "shop",
                                        "deployment/web",
                                        "-c",
                                        "cache",
                                        "--",
                                        "redis-cli",
                                        "get",
                                        "it-key")
                                .orFail()
                                .outLine())
                .isEqualTo("value");
        assertThat(app.get("own port")).startsWith("ECONNREFUSED ");
        assertThat(app.get("own port by name")).startsWith("ECONNREFUSED ");
        assertThat(app.get("nobody")).startsWith("ECONNREFUSED ");
        assertThat(app.get("own port once the app listens")).contains("Directory listing for /");
    }

    @Test
    void ordinaryClientsWork() {
        assertThat(app.get("curl")).contains("service: catalog");
        assertThat(app.get("curl6")).contains("service: public-web", "peer: [fd00:");
        assertThat(app.get("wrk")).contains("Requests/sec").doesNotContain("Socket errors");
        assertThat(app.get("iperf3")).isEqualTo("iperf Done.");
        assertThat(app.get("iperf3 download")).isEqualTo("iperf Done.");
        assertThat(app.get("iperf3 udp")).isEqualTo("iperf Done.");
        assertThat(app.get("psql")).isEqualTo("42|" + pod);
    }

    @Test
    void ignoreLocalhostKeepsLoopbackLocal(@TempDir Path directory) throws Exception {
        Sections local =
                configured(directory, "\"ignore_localhost\": true")
                        .run(
                                """
                                S loopback; probe tcp 127.0.0.1:6379
                                S remote; probe tcp echo:7 hello
                                """);
        assertThat(local.get("loopback")).startsWith("ECONNREFUSED ");
        assertThat(local.get("remote")).contains("peer ", "hello");
    }

    @Test
    void theLocalFilterKeepsWhatItNames(@TempDir Path directory) throws Exception {
        String echo = Pods.addressOfService("echo");
        String filter = "\"filter\": {\"local\": [\"tcp://%s:7\", \"catalog:80\"]}".formatted(echo);
        Sections filtered =
                configured(directory, filter)
                        .run(
                                """
                                S named; probe tcp ECHO:7 hello 2s
                                S other port; probe tcp ECHO:25
                                S other protocol; probe udp ECHO:7 hello
                                S local name; probe dns catalog
                                """
                                        .replace("ECHO", echo));
        assertThat(filtered.get("local name")).startsWith("probe: dns: ");
        assertThat(filtered.get("named")).doesNotContain("connected");
        assertThat(filtered.get("other port")).startsWith("connected ");
        assertThat(filtered.get("other protocol")).contains("peer " + pod, "hello");
    }

    @Test
    void theRemoteFilterTakesOnlyWhatItNames(@TempDir Path directory) throws Exception {
        Sections filtered =
                configured(directory, "\"filter\": {\"remote\": [\"echo:7\"]}")
                        .run(
                                """
                                S named; probe tcp echo:7 hello
                                S other; probe tcp echo:25 '' 2s
                                """);
        assertThat(filtered.get("named")).contains("peer ", "hello");
        assertThat(filtered.get("other")).doesNotContain("connected");
    }

    @Test
    void eachProtocolCanStayLocal() {
        String both =
                """
                S name; probe dns echo ip4
                S tcp; probe tcp echo:7 hello 2s
                S udp; probe udp echo:7 hello 2s
                """;
        Sections noTcp = Sections.of(Mirrord.onWeb().with("--no-tcp-outgoing"), both);
        assertThat(noTcp.get("tcp")).doesNotContain("connected");
        assertThat(noTcp.get("udp")).contains("peer " + pod);
        Sections noUdp = Sections.of(Mirrord.onWeb().with("--no-udp-outgoing"), both);
        assertThat(noUdp.get("tcp")).contains("connected", "hello");
        assertThat(noUdp.get("udp")).doesNotContain("peer");
        Sections none = Sections.of(Mirrord.onWeb().with("--no-outgoing"), both);
        assertThat(none.get("name")).startsWith("10.");
        assertThat(none.get("tcp")).doesNotContain("connected");
        assertThat(none.get("udp")).doesNotContain("peer");
    }

    @Test
    void neighboursOnAnOwnNetworkAndTheHostStayReachable() throws Exception {
        Command.docker("network", "create", "mirrord-it-net").orFail();
        try (ServerSocket host = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> greet(host));
            Command.docker(
                            "run",
                            "-d",
                            "--rm",
                            "--name",
                            "mirrord-it-db",
                            "--network",
                            "mirrord-it-net",
                            Mirrord.STATIC,
                            "serve",
                            "tcp=7")
                    .orFail();
            Sections seen =
                    Sections.of(
                            Mirrord.onWeb()
                                    .docker("--network", "mirrord-it-net")
                                    .docker("--add-host", "host.docker.internal:host-gateway")
                                    .docker("--add-host", "laptop:host-gateway"),
                            """
                            S neighbour; probe tcp mirrord-it-db:7 hello
                            S host; nc -w 5 host.docker.internal %d </dev/null
                            S own name; nc -w 5 laptop %d </dev/null
                            S cluster; probe tcp echo:7 hello
                            """
                                    .formatted(host.getLocalPort(), host.getLocalPort()));
            assertThat(seen.get("neighbour"))
                    .contains("peer ", "hello")
                    .doesNotContain("peer " + pod, "peer [fd00:10:244");
            assertThat(seen.get("host")).isEqualTo("from the host");
            assertThat(seen.get("own name")).isEqualTo("from the host");
            assertThat(seen.get("cluster")).contains("peer ", "hello");
        } finally {
            Command.docker("rm", "-f", "mirrord-it-db");
            Command.docker("network", "rm", "mirrord-it-net");
        }
    }

    @Test
    void targetlessHasDnsAndNetworkOfTheNamespace() {
        String out = Mirrord.on("targetless").probe("udp", "echo:7", "hello");
        assertThat(out).startsWith("peer ").endsWith("hello").doesNotContain("peer " + pod + ":");
    }

    @Test
    void theLastLineSaysWhatWasCarried() {
        Command.Result result =
                Mirrord.onWeb()
                        .script(
                                """
                                probe tcp echo:7 a; probe tcp echo:7 b; probe udp echo:7 c
                                probe tcp 127.0.0.1:1 || true
                                """)
                        .orFail();
        assertThat(result.err().strip().lines().toList().getLast())
                .matches(
                        "mirrord: the session carried 2 outgoing connections and 1 UDP socket and 1"
                                + " failed connect, answered [1-9][0-9]* DNS queries");
    }

    private record Configured(Path file) {
        Sections run(String script) {
            return Sections.of(Mirrord.onWeb().with("-f", file.toString()), script);
        }
    }

    private static Configured configured(Path directory, String outgoing) throws IOException {
        return new Configured(
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        "{\"feature\": {\"network\": {\"outgoing\": {" + outgoing + "}}}}"));
    }

    private static void greet(ServerSocket host) {
        try {
            while (true) {
                try (Socket client = host.accept()) {
                    client.getOutputStream()
                            .write("from the host\n".getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static String addressOf(String selector, int index) {
        return Command.kubectl(
                        "get",
                        "pod",
                        "-n",
                        "shop",
                        "-l",
                        selector,
                        "-o",
                        "jsonpath={.items[0].status.podIPs[" + index + "].ip}")
                .orFail()
                .outLine();
    }
}
