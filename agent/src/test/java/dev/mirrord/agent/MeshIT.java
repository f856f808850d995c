package dev.mirrord.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The target's pod has the rules of a service mesh, and nginx in the place of its proxy: what the
 * proxy hands on to the target is stolen and copied, once, and the mesh's own traffic is not
 * touched.
 */
class MeshIT {
    private static final int PORT = 8080;
    private static final int OWN = 8081;

    /** The redirect rules as each project documents them, for IPv4; Kuma with a port excluded. */
    enum Mesh {
        ISTIO(
                1337,
                15_006,
                15_021,
                "127.0.0.6",
                "-N IN",
                "-N IN_REDIRECT",
                "-N OUT",
                "-N OUT_REDIRECT",
                "-A OUT_REDIRECT -p tcp -j REDIRECT --to-ports 15001",
                "-A IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006",
                "-A PREROUTING -p tcp -j IN",
                "-A IN -p tcp --dport 15008 -j RETURN",
                "-A IN -p tcp --dport 15090 -j RETURN",
                "-A IN -p tcp --dport 15021 -j RETURN",
                "-A IN -p tcp --dport 15020 -j RETURN",
                "-A IN -p tcp -j IN_REDIRECT",
                "-A OUTPUT -p tcp -j OUT",
                "-A OUT -o lo -s 127.0.0.6/32 -j RETURN",
                "-A OUT -o lo ! -d 127.0.0.1/32 -m owner --uid-owner 1337 -j IN_REDIRECT",
                "-A OUT -o lo -m owner ! --uid-owner 1337 -j RETURN",
                "-A OUT -m owner --uid-owner 1337 -j RETURN",
                "-A OUT -d 127.0.0.1/32 -j RETURN",
                "-A OUT -j OUT_REDIRECT"),
        LINKERD(
                2102,
                4_143,
                4_191,
                "10.211.7.2",
                "-N IN",
                "-N OUT",
                "-A IN -p tcp --match multiport --dports 4190,4191 -j RETURN",
                "-A IN -p tcp -j REDIRECT --to-port 4143",
                "-A PREROUTING -j IN",
                "-A OUT -m owner --uid-owner 2102 -j RETURN",
                "-A OUT -o lo -j RETURN",
                "-A OUT -p tcp -j REDIRECT --to-port 4140",
                "-A OUTPUT -j OUT"),
        KUMA(
                5678,
                15_006,
                9_901,
                "127.0.0.6",
                "-N IN",
                "-N OUT",
                "-N IN_REDIRECT",
                "-N OUT_REDIRECT",
                "-A PREROUTING -p tcp -j IN",
                "-A OUTPUT -p tcp -j OUT",
                "-A IN -p tcp --dport 9901 -j RETURN",
                "-A IN -p tcp -j IN_REDIRECT",
                "-A OUT -s 127.0.0.6/32 -o lo -j RETURN",
                "-A OUT -p tcp ! --dport 53 -o lo ! -d 127.0.0.1/32 -m owner --uid-owner 5678 -j"
                        + " IN_REDIRECT",
                "-A OUT -p tcp ! --dport 53 -o lo -m owner ! --uid-owner 5678 -j RETURN",
                "-A OUT -m owner --uid-owner 5678 -j RETURN",
                "-A OUT -d 127.0.0.1/32 -j RETURN",
                "-A OUT -j OUT_REDIRECT",
                "-A IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006",
                "-A OUT_REDIRECT -p tcp -j REDIRECT --to-ports 15001");

        final int user;
        final int inbound;
        final int own;
        final String from;
        final String rules;

        /**
         * @param inbound where the proxy takes what comes in
         * @param own a port of the proxy that the rules leave alone
         * @param from the address with which the proxy speaks to the target
         */
        Mesh(int user, int inbound, int own, String from, String... rules) {
            this.user = user;
            this.inbound = inbound;
            this.own = own;
            this.from = from;
            this.rules = Stream.of(rules).collect(Collectors.joining("\n", "*nat\n", "\nCOMMIT\n"));
        }
    }

    @TempDir Path directory;
    private TestingNamespaces namespaces;
    private TestingAgent agent;
    private TestingNginx target;

    @BeforeEach
    void start() throws Exception {
        namespaces = new TestingNamespaces();
        target =
                TestingNginx.start(
                        List.of("ip", "netns", "exec", namespaces.target), "target", PORT, OWN);
        agent = TestingAgent.of(namespaces);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        target.close();
        namespaces.close();
    }

    private void install(Mesh mesh) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path configuration =
                Files.writeString(
                        directory.resolve("proxy.conf"),
                        """
                        daemon off; master_process off; pid %1$s/pid; error_log /dev/null;
                        events { worker_connections 256; }
                        http {
                          access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
                          fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                          server { listen %2$d;
                            location / { proxy_bind %3$s; proxy_pass http://10.211.7.2:%4$d; } }
                          server { listen %5$d; location / { return 200 "the mesh itself\\n"; } }
                        }
                        """
                                .formatted(directory, mesh.inbound, mesh.from, PORT, mesh.own));
        namespaces.start(
                namespaces.target,
                "setpriv",
                "--reuid",
                Integer.toString(mesh.user),
                "--regid",
                Integer.toString(mesh.user),
                "--clear-groups",
                "nginx",
                "-c",
                configuration.toString());
        Path rules = Files.writeString(directory.resolve("rules"), mesh.rules);
        namespaces.runIn(
                namespaces.target,
                "sh",
                "-c",
                "iptables-legacy-restore %1$s || iptables-nft-restore %1$s".formatted(rules));
        namespaces.onClient(
                () -> {
                    TestingNginx.await(
                            new InetSocketAddress(TestingNamespaces.TARGET, mesh.inbound));
                    return null;
                });
        assertThat(curl(PORT)).isEqualTo("target GET / " + mesh.from + "\n");
    }

    private String curl(int port) throws Exception {
        return namespaces.runIn(
                namespaces.client,
                "curl",
                "-sS",
                "--max-time",
                "10",
                "http://" + TestingNamespaces.TARGET + ":" + port + "/");
    }

    private void subscribe(String mode) throws Exception {
        agent.subscribe(PORT, mode).accepted.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheProxyHandsOnIsStolenAndReachesTheTargetWithoutIt(Mesh mesh) throws Exception {
        install(mesh);
        agent.refuseIncoming = 111;
        subscribe("steal");
        for (int i = 0; i < 3; i++) {
            assertThat(curl(PORT)).isEqualTo("target GET / " + mesh.from + "\n");
            assertThat(agent.awaitIncoming().peer().getAddress().getHostAddress())
                    .isEqualTo(mesh.from);
        }
        assertThat(agent.incoming).isEmpty();
        assertThat(curl(mesh.own)).isEqualTo("the mesh itself\n");
        assertThat(agent.incoming).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheProxyHandsOnIsCopiedOnceAndItsOwnPortIsRefused(Mesh mesh) throws Exception {
        install(mesh);
        subscribe("mirror");
        for (int i = 0; i < 3; i++) {
            assertThat(curl(PORT)).isEqualTo("target GET / " + mesh.from + "\n");
            TestingAgent.Incoming copy = agent.awaitIncoming();
            assertThat(copy.peer().getAddress().getHostAddress()).isEqualTo(mesh.from);
            assertThat(new String(copy.recorded().awaitAll())).startsWith("GET / HTTP/1.");
        }
        assertThat(agent.incoming).isEmpty();
        for (String mode : List.of("steal", "mirror")) {
            assertThat(agent.subscribe(mesh.inbound, mode).refused.get(20, TimeUnit.SECONDS).text())
                    .startsWith("it belongs to ");
        }
        assertThat(curl(PORT)).isEqualTo("target GET / " + mesh.from + "\n");
    }

    @Test
    void whatTheMeshLeavesAloneIsCopiedFromItsClient() throws Exception {
        install(Mesh.ISTIO);
        namespaces.runIn(
                namespaces.target,
                "sh",
                "-c",
                "for family in legacy nft; do iptables-$family -t nat -I PREROUTING -p tcp --dport %d -j RETURN; done"
                        .formatted(PORT));
        subscribe("mirror");
        String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        namespaces.onClient(
                () -> {
                    try (Socket socket = new Socket(TestingNamespaces.TARGET, PORT)) {
                        socket.getOutputStream().write(request.getBytes(US_ASCII));
                        TestingAgent.Incoming copy = agent.awaitIncoming();
                        assertThat(copy.peer().getAddress().getHostAddress())
                                .isEqualTo(TestingNamespaces.CLIENT);
                        return null;
                    }
                });
        // From here on it is known of the port.
        assertThat(curl(PORT)).isEqualTo("target GET / " + TestingNamespaces.CLIENT + "\n");
        TestingAgent.Incoming copy = agent.awaitIncoming();
        assertThat(new String(copy.recorded().awaitAll())).startsWith("GET / HTTP/1.");
    }
}
