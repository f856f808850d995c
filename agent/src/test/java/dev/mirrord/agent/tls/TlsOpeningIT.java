package dev.mirrord.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.TestingCertificate;
import dev.mirrord.agent.files.TargetReader;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.Connections;
import dev.mirrord.agent.http.Loopback;
import dev.mirrord.agent.http.Ways;
import dev.mirrord.agent.target.Target;
import dev.mirrord.protocol.SteadyEpoll;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real nginxes that speak TLS as target and app, curl and openssl as clients, on loopback. */
@Timeout(60)
class TlsOpeningIT {
    /** Eve's certificate is not one that the target trusts. */
    private static final List<String> CLIENTS = List.of("ann.test", "agent.test", "eve.test");

    @TempDir private static Path ofClients;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
    private final EventLoop loop = group.next();
    private final EpollServerSocketChannel front = new EpollServerSocketChannel();
    private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
    private final int targetPort = Loopback.freePort();
    private final int mutualPort = Loopback.freePort();
    private final int appPort = Loopback.freePort();
    private final int plainAppPort = Loopback.freePort();
    private final List<Process> servers = new ArrayList<>();
    private TargetReader files;
    private Path directory;
    private PortTls tls;
    private int toTarget;
    private int toApp;
    private int port;

    TlsOpeningIT() throws IOException {}

    @BeforeAll
    static void makeCertificatesOfClients() throws Exception {
        for (String each : CLIENTS) {
            TestingCertificate.make(ofClients, each, "rsa:2048");
        }
    }

    @BeforeEach
    void start() throws Exception {
        toTarget = targetPort;
        toApp = appPort;
        directory = Files.createTempDirectory("mirrord-tls-");
        TestingCertificate.make(directory, "web.test", "rsa:2048");
        TestingCertificate.make(directory, "app.test", "rsa:2048");
        for (String each : CLIENTS) {
            for (String file : List.of(each + ".crt", each + ".key")) {
                Files.copy(ofClients.resolve(file), directory.resolve(file));
            }
        }
        Files.writeString(
                directory.resolve("clients.crt"),
                Files.readString(directory.resolve("ann.test.crt"))
                        + Files.readString(directory.resolve("agent.test.crt")));
        nginx(
                "target",
                """
                server { listen %1$d ssl http2; ssl_certificate web.test.crt; ssl_certificate_key web.test.key;
                  location / { return 200 "target $request_uri $ssl_server_name $server_protocol\\n"; }
                  location /large { root %5$s; } }
                server { listen %2$d ssl http2; ssl_certificate web.test.crt; ssl_certificate_key web.test.key;
                  ssl_verify_client on; ssl_client_certificate clients.crt;
                  location / { return 200 "target knows $ssl_client_s_dn|$http_client_cert\\n"; } }
                """);
        nginx(
                "app",
                """
                server { listen %3$d ssl http2; ssl_certificate app.test.crt; ssl_certificate_key app.test.key;
                  ssl_verify_client optional_no_ca;
                  location / { return 200 "app $request_uri $ssl_server_name $server_protocol\\n"; }
                  location /client { return 200 "app $ssl_client_s_dn|$http_client_cert\\n"; }
                  location /large { root %5$s; } }
                server { listen %4$d;
                  location /client { return 200 "app $http_client_cert\\n"; }
                  location / { return 200 "app $scheme $server_protocol\\n"; } }
                """);
        for (int each : List.of(targetPort, appPort)) {
            await(each);
        }
        files = TargetReader.start(Target.of(Path.of("/proc"), ProcessHandle.current().pid(), "x"));
        front.pipeline().addLast(new Front());
        loop.register(front).sync();
        front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync();
        port = front.localAddress().getPort();
    }

    @AfterEach
    void stop() throws Exception {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        files.close();
        for (Process server : servers) {
            server.destroy();
            server.waitFor();
        }
        run("rm", "-r", directory.toString());
    }

    private final class Front extends ChannelInboundHandlerAdapter implements Ways {
        private final HttpFilter filter = made();

        private static HttpFilter made() {
            try {
                return HttpFilter.of(
                        new ObjectMapper()
                                .readTree(
                                        "{\"match\":{\"header\":\"^x-user: alice$\"},"
                                                + "\"detectMillis\":300}"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            EpollSocketChannel client = (EpollSocketChannel) accepted;
            client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            client.config().setOption(ChannelOption.SO_LINGER, 0);
            client.config().setAutoRead(false);
            loop.execute(() -> TlsOpening.begin(client, this, tls, new Connections()));
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public Optional<HttpFilter> filter() {
            return Optional.of(filter);
        }

        @Override
        public Future<DuplexChannel> toTarget() {
            return Loopback.connect(loop, toTarget);
        }

        @Override
        public Future<DuplexChannel> toApp() {
            return Loopback.connect(loop, toApp);
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void nginx(String name, String hosts) throws Exception {
        Files.writeString(directory.resolve("large"), "0123456789".repeat(200_000));
        Path own = Files.createDirectories(directory.resolve("of-" + name));
        Path config = directory.resolve(name + ".conf");
        Files.writeString(
                config,
                """
                daemon off; pid %2$s/pid; error_log /dev/null; user root; worker_processes 1;
                events { worker_connections 1024; }
                http { access_log off; client_body_temp_path %2$s/b; proxy_temp_path %2$s/p;
                  fastcgi_temp_path %2$s/f; uwsgi_temp_path %2$s/u; scgi_temp_path %2$s/s;
                  %1$s }
                """
                        .formatted(
                                hosts.formatted(
                                        targetPort, mutualPort, appPort, plainAppPort, directory),
                                own));
        servers.add(new ProcessBuilder("nginx", "-c", config.toString()).inheritIO().start());
    }

    private static void await(int port) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.onSpinWait();
            }
        }
    }

    private void load(String certificate, String key, String delivery) throws Exception {
        tls =
                PortTls.load(
                                TlsSettings.of(
                                        new ObjectMapper()
                                                .readTree(
                                                        ("{\"identities\":[{\"certificate\":\"%s\","
                                                                        + "\"key\":\"%s\"}],"
                                                                        + "\"delivery\":{%s}}")
                                                                .formatted(
                                                                        file(certificate),
                                                                        file(key),
                                                                        delivery))),
                                files,
                                notices::add)
                        .get(20, TimeUnit.SECONDS);
    }

    private void load(String delivery) throws Exception {
        load("web.test.crt", "web.test.key", delivery);
    }

    private String trusted() throws IOException {
        return Files.readString(directory.resolve("app.test.crt")).replace("\n", "\\n");
    }

    /** The client verifies the target's certificate. */
    private String curl(String path, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-sS",
                                "--max-time",
                                "10",
                                "--cacert",
                                file("web.test.crt"),
                                "--resolve",
                                "web.test:" + port + ":127.0.0.1",
                                "https://web.test:" + port + path));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    @Test
    void requestsThatMatchAreTheAppsAllOthersTheTargetsInBothVersionsOfHttp() throws Exception {
        load("\"protocol\":\"tls\"");
        for (String version : List.of("--http1.1", "--http2")) {
            String spoken = version.equals("--http2") ? "HTTP/2.0" : "HTTP/1.1";
            assertThat(curl("/a", version, "-H", "X-User: alice"))
                    .isEqualTo("app /a web.test " + spoken + "\n");
            assertThat(curl("/b", version)).isEqualTo("target /b web.test " + spoken + "\n");
            assertThat(curl("/large", version)).hasSize(2_000_000);
            assertThat(curl("/large", version, "-H", "X-User: alice")).hasSize(2_000_000);
        }
        assertThat(curl("/c", "--tls-max", "1.2", "-H", "X-User: alice")).startsWith("app /c ");
        assertThat(curl("/d", "--no-alpn", "-H", "X-User: alice")).startsWith("app /d ");
        assertThat(notices).isEmpty();
    }

    @Test
    void theAppMayGetPlainHttp() throws Exception {
        load("\"protocol\":\"tcp\"");
        toApp = plainAppPort;
        assertThat(curl("/", "--http1.1", "-H", "X-User: alice")).isEqualTo("app http HTTP/1.1\n");
        assertThat(curl("/", "--http1.1")).startsWith("target ");
    }

    @Test
    void anAppWithoutTheTlsThatIsAskedForLeavesTheRequestToTheTargetAndThatIsSaid()
            throws Exception {
        load("\"protocol\":\"tls\"");
        toApp = plainAppPort;
        assertThat(curl("/", "-H", "X-User: alice")).startsWith("target ");
        assertThat(notices.poll(10, TimeUnit.SECONDS)).contains("tls_delivery.protocol \"tcp\"");
        toApp = appPort;
        load("\"roots\":\"%s\"".formatted(trusted()));
        assertThat(curl("/", "-H", "X-User: alice")).as("another name").startsWith("target ");
        load("\"roots\":\"%s\",\"serverName\":\"app.test\"".formatted(trusted()));
        assertThat(curl("/", "-H", "X-User: alice")).startsWith("app / app.test ");
        load("\"certificate\":\"%s\"".formatted(trusted()));
        assertThat(curl("/", "-H", "X-User: alice")).startsWith("app / web.test ");
    }

    @Test
    void whatWantsAClientsCertificateStaysTheTargetsAndIsSaid() throws Exception {
        load("\"protocol\":\"tls\"");
        toTarget = mutualPort;
        assertThat(
                        curl(
                                "/",
                                "-H",
                                "X-User: alice",
                                "--cert",
                                file("ann.test.crt"),
                                "--key",
                                file("ann.test.key")))
                .isEqualTo("target knows CN=ann.test|\n");
        assertThat(notices.poll(10, TimeUnit.SECONDS)).contains("client certificates");
    }

    private void loadWithClients(String roots, String shown, String delivery) throws Exception {
        String json =
                "{\"identities\":[{\"certificate\":\"%s\",\"key\":\"%s\"}],\"clients\":{\"roots\":\"%s\",\"certificate\":\"%s\",\"key\":\"%s\"},\"delivery\":{%s}}"
                        .formatted(
                                file("web.test.crt"),
                                file("web.test.key"),
                                file(roots),
                                file(shown + ".crt"),
                                file(shown + ".key"),
                                delivery);
        tls =
                PortTls.load(TlsSettings.of(new ObjectMapper().readTree(json)), files, notices::add)
                        .get(20, TimeUnit.SECONDS);
    }

    private String as(String who, String path, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--cert", file(who + ".crt"), "--key", file(who + ".key")));
        return curl(path, all.toArray(String[]::new));
    }

    private String header(String who) throws IOException {
        return ":"
                + Files.readString(directory.resolve(who + ".crt"))
                        .replaceAll("-----[A-Z ]+-----|\n", "")
                + ":";
    }

    @Test
    void theTargetIsShownWhatIsConfiguredAndTheAppIsToldWhatTheClientHasShown() throws Exception {
        toTarget = mutualPort;
        loadWithClients("clients.crt", "agent.test", "\"header\":\"Client-Cert\"");
        String alice = "X-User: alice";
        String lie = "Client-Cert: :bGll:";
        for (String version : List.of("--http1.1", "--http2")) {
            assertThat(as("ann.test", "/", version)).isEqualTo("target knows CN=agent.test|\n");
            // Untouched, since only the app is told.
            assertThat(as("ann.test", "/", version, "-H", lie))
                    .isEqualTo("target knows CN=agent.test|:bGll:\n");
            assertThat(as("ann.test", "/client", version, "-H", alice, "-H", lie))
                    .isEqualTo("app CN=agent.test|" + header("ann.test") + "\n");
        }
        loadWithClients(
                "clients.crt", "agent.test", "\"protocol\":\"tcp\",\"header\":\"Client-Cert\"");
        toApp = plainAppPort;
        assertThat(as("ann.test", "/client", "--http1.1", "-H", alice))
                .isEqualTo("app " + header("ann.test") + "\n");
        assertThat(notices).isEmpty();
    }

    @Test
    void aClientWithoutCertificateIsNobodyAtTargetAndAppAndAWrongOneIsTurnedAway()
            throws Exception {
        toTarget = mutualPort;
        loadWithClients("clients.crt", "agent.test", "\"header\":\"Client-Cert\"");
        for (String version : List.of("--http1.1", "--http2")) {
            assertThat(curl("/", version)).contains("No required SSL certificate was sent");
            assertThat(curl("/client", version, "-H", "X-User: alice", "-H", "Client-Cert: :bGll:"))
                    .isEqualTo("app |\n");
        }
        assertThatThrownBy(() -> as("eve.test", "/")).isInstanceOf(IOException.class);
        toTarget = targetPort;
        assertThat(as("eve.test", "/")).as("is not asked").startsWith("target /");
    }

    @Test
    void whatTheTargetWouldNotAcceptIsRefusedAtOnce() {
        assertThatThrownBy(() -> loadWithClients("ann.test.crt", "agent.test", ""))
                .hasMessageContaining("the target would not accept the certificate in")
                .hasMessageContaining("agent.test.crt");
        assertThatThrownBy(() -> loadWithClients("nothing.crt", "agent.test", ""))
                .hasMessageContaining("nothing.crt of the target: ENOENT");
    }

    @Test
    void whatIsNoTlsOrNotForUsReachesTheTarget() throws Exception {
        load("\"protocol\":\"tls\"");
        // nginx answers plain HTTP on a TLS port by itself.
        assertThat(run("curl", "-sS", "--max-time", "10", "http://127.0.0.1:" + port))
                .contains("plain HTTP request was sent to HTTPS port");
        for (byte[] said :
                List.of(
                        new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0},
                        new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0},
                        new byte[] {22, 3, 1})) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(said);
                socket.shutdownOutput();
                byte[] answer = socket.getInputStream().readAllBytes();
                try (Socket direct = new Socket(InetAddress.getLoopbackAddress(), targetPort)) {
                    direct.setSoTimeout(10_000);
                    direct.getOutputStream().write(said);
                    direct.shutdownOutput();
                    assertThat(answer).isEqualTo(direct.getInputStream().readAllBytes());
                }
            }
        }
    }

    /** What the JDK cannot do the target may: here a curve that it does not have. */
    @Test
    void aHandshakeThatWeCannotAnswerIsTheTargets() throws Exception {
        load("\"protocol\":\"tls\"");
        Process client =
                new ProcessBuilder(
                                "timeout",
                                "10",
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + port,
                                "-servername",
                                "web.test",
                                "-tls1_2",
                                "-cipher",
                                "ECDHE-RSA-CAMELLIA256-SHA384:DHE-RSA-AES128-CCM:AES128-CCM")
                        .redirectErrorStream(true)
                        .start();
        client.getOutputStream().close();
        String said = new String(client.getInputStream().readAllBytes());
        assertThat(said).contains("CONNECTED").containsAnyOf("CCM", "CAMELLIA", "alert handshake");
    }

    @Test
    void aNewCertificateOfTheTargetsIsTakenFromItsFilesWhenItIsShown() throws Exception {
        load("\"protocol\":\"tls\"");
        Files.copy(directory.resolve("web.test.crt"), directory.resolve("old.crt"));
        TestingCertificate.make(directory, "web.test", "rsa:3072");
        assertThat(curl("/a", "-H", "X-User: alice", "--cacert", file("old.crt")))
                .as("written, but not shown by the target yet")
                .startsWith("app /a ");
        run("kill", "-HUP", Long.toString(servers.getFirst().pid()));
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        String answer = "";
        while (answer.isEmpty() && Instant.now().isBefore(deadline)) {
            try {
                answer = curl("/a", "-H", "X-User: alice");
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("certificate");
            }
        }
        assertThat(answer).startsWith("app /a ");
    }

    @Test
    void aCertificateThatTheTargetDoesNotShowLeavesAllToTheTargetAndThatIsSaid() throws Exception {
        load("app.test.crt", "app.test.key", "");
        assertThat(curl("/", "-H", "X-User: alice")).startsWith("target ");
        assertThat(notices.poll(10, TimeUnit.SECONDS))
                .contains("another certificate (CN=web.test)");
    }

    /** A target that dies in the middle of an answer whose end is the connection's. */
    @Test
    void anAnswerThatIsCutIsNotSeenAsComplete() throws Exception {
        int cutPort = Loopback.freePort();
        Process server =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                """
                                import socket, ssl, struct, sys
                                c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                                c.load_cert_chain(sys.argv[2], sys.argv[3])
                                s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
                                while True:
                                  raw, _ = s.accept()
                                  try:
                                    t = c.wrap_socket(raw, server_side=True)
                                    path = t.recv(10000).split(b' ')[1]
                                    t.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\nhalf')
                                    if path == b'/whole':
                                      t.unwrap()
                                    raw.close(); t.close()
                                  except Exception as e: print(e)
                                """,
                                Integer.toString(cutPort),
                                file("web.test.crt"),
                                file("web.test.key"))
                        .inheritIO()
                        .start();
        servers.add(server);
        await(cutPort);
        load("\"protocol\":\"tls\"");
        toTarget = cutPort;
        assertThat(curl("/whole")).isEqualTo("half");
        assertThatThrownBy(() -> curl("/cut"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("curl:");
    }

    @Test
    void whatCannotBeUsedIsRefusedInASentence() throws Exception {
        Files.writeString(directory.resolve("empty"), "");
        run(
                "openssl",
                "rsa",
                "-in",
                file("web.test.key"),
                "-aes128",
                "-passout",
                "pass:x",
                "-out",
                file("locked.key"));
        run("openssl", "rsa", "-in", file("web.test.key"), "-traditional", "-out", file("old.key"));
        load("web.test.crt", "old.key", "");
        run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", file("ec.key"));
        run(
                "openssl",
                "req",
                "-x509",
                "-key",
                file("ec.key"),
                "-subj",
                "/CN=ec",
                "-out",
                file("ec.crt"));
        load("ec.crt", "ec.key", "");
        refused("nothing.crt", "web.test.key", "cannot read .*nothing.crt of the target: ENOENT");
        refused("web.test.crt", "app.test.key", "the key in .* does not belong to the certificate");
        refused("web.test.crt", "ec.key", "the key in .* does not belong to the certificate");
        refused("web.test.crt", "locked.key", "the key in .*locked.key is encrypted");
        refused("empty", "web.test.key", "empty has no certificate");
        refused("web.test.crt", "empty", "empty has no private key");
    }

    private void refused(String certificate, String key, String sentence) {
        Supplier<String> text =
                () -> {
                    try {
                        load(certificate, key, "");
                        return "loaded";
                    } catch (Exception e) {
                        return String.valueOf(e.getMessage());
                    }
                };
        assertThat(text.get()).containsPattern(sentence);
    }
}
