package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.StreamKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real nginxes that speak TLS as target and app, curl and openssl as clients. */
class TlsStealIT {
    private static final int PORT = 8443;
    private static final int MUTUAL = 8444;
    private static final int FOREIGN = 8445;
    private static final String FILTER =
            "{\"match\":{\"header\":\"^x-user: alice$\"},\"detectMillis\":500}";

    private final List<Process> servers = new ArrayList<>();
    private TestingNamespaces namespaces;
    private TestingAgent agent;
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory("mirrord-tls-");
        TestingCertificate.make(directory, "web.test", "rsa:2048");
        namespaces = new TestingNamespaces();
        nginx(
                namespaces.target,
                "target",
                """
                server { listen %1$d ssl http2; ssl_certificate web.test.crt; ssl_certificate_key web.test.key;
                  location / { return 200 "target $request_uri $remote_addr $ssl_server_name $server_protocol\\n"; }
                  location /large { root %4$s; } }
                server { listen %2$d ssl; ssl_certificate web.test.crt; ssl_certificate_key web.test.key;
                  ssl_verify_client on; ssl_client_certificate web.test.crt;
                  location / { return 200 "target knows $ssl_client_s_dn\\n"; } }
                server { listen %3$d ssl; ssl_certificate web.test.crt; ssl_certificate_key web.test.key;
                  ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;
                  location / { return 200 "target $server_protocol\\n"; } }
                """);
        TestingCertificate.make(directory, "app.test", "rsa:2048");
        nginx(
                namespaces.client,
                "app",
                """
                server { listen %1$d ssl http2; ssl_certificate app.test.crt; ssl_certificate_key app.test.key;
                  location / { return 200 "app $request_uri $remote_addr $ssl_server_name $server_protocol\\n"; } }
                server { listen %3$d; location / { return 200 "app $scheme $server_protocol\\n"; } }
                """);
        agent = TestingAgent.of(namespaces);
        agent.group().next().submit(this::enterClient).get();
        agent.app = InetAddress.getByName("127.0.0.1");
        for (String address : List.of(TestingNamespaces.TARGET, "127.0.0.1")) {
            namespaces.onClient(
                    () -> {
                        TestingNginx.await(new InetSocketAddress(address, PORT));
                        return null;
                    });
        }
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        for (Process server : servers) {
            server.destroy();
            server.waitFor();
        }
        namespaces.close();
        TestingNamespaces.run("rm", "-r", directory.toString());
    }

    private Object enterClient() throws Exception {
        namespaces.ofClient.enter();
        return "";
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void nginx(String namespace, String name, String hosts) throws Exception {
        Files.writeString(directory.resolve("large"), "0123456789".repeat(200_000));
        Path own = Files.createDirectories(directory.resolve("of-" + name));
        Path config = directory.resolve(name + ".conf");
        Files.writeString(
                config,
                """
                daemon off; master_process on; pid %2$s/pid; error_log /dev/null; user root;
                events { worker_connections 1024; }
                http { access_log off; client_body_temp_path %2$s/b; proxy_temp_path %2$s/p;
                  fastcgi_temp_path %2$s/f; uwsgi_temp_path %2$s/u; scgi_temp_path %2$s/s;
                  %1$s }
                """
                        .formatted(hosts.formatted(PORT, MUTUAL, FOREIGN, directory), own));
        servers.add(
                new ProcessBuilder(
                                "ip", "netns", "exec", namespace, "nginx", "-c", config.toString())
                        .inheritIO()
                        .start());
    }

    private TestingStream ask(int port, String tls) throws Exception {
        return agent.open(
                StreamKind.SUBSCRIBE,
                TestingAgent.text(
                        "{\"port\":%d,\"mode\":\"steal\",\"filter\":%s,\"tls\":%s}"
                                .formatted(port, FILTER, tls)));
    }

    private TestingStream subscribe(int port, String delivery) throws Exception {
        TestingStream subscription = ask(port, identity("web.test.crt", "web.test.key", delivery));
        assertThat(
                        CompletableFuture.anyOf(subscription.accepted, subscription.refused)
                                .get(20, TimeUnit.SECONDS))
                .isInstanceOf(byte[].class);
        return subscription;
    }

    private String identity(String certificate, String key, String delivery) {
        return "{\"identities\":[{\"certificate\":\"%s\",\"key\":\"%s\"}],\"delivery\":{%s}}"
                .formatted(file(certificate), file(key), delivery);
    }

    /** The client verifies the target's certificate. */
    private String curl(int port, String path, String... arguments) throws Exception {
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
                                "web.test:" + port + ":" + TestingNamespaces.TARGET,
                                "https://web.test:" + port + path));
        command.addAll(List.of(arguments));
        return namespaces.runIn(namespaces.client, command.toArray(String[]::new));
    }

    @Test
    void requestsThatMatchAreTheAppsAllOthersTheTargetsInBothVersionsOfHttp() throws Exception {
        subscribe(PORT, "\"protocol\":\"tls\"");
        for (String version : List.of("--http1.1", "--http2")) {
            String spoken = version.equals("--http2") ? "HTTP/2.0" : "HTTP/1.1";
            assertThat(curl(PORT, "/a", version, "-H", "X-User: alice"))
                    .isEqualTo("app /a 127.0.0.1 web.test " + spoken + "\n");
            assertThat(curl(PORT, "/b", version))
                    .isEqualTo(
                            "target /b " + TestingNamespaces.CLIENT + " web.test " + spoken + "\n");
            assertThat(curl(PORT, "/large", version)).hasSize(2_000_000);
        }
        assertThat(curl(PORT, "/c", "--tls-max", "1.2", "-H", "X-User: alice"))
                .startsWith("app /c ");
    }

    @Test
    void whatCannotBeUsedIsRefusedInASentence() throws Exception {
        assertRefused(
                "nothing.crt", "web.test.key", "cannot read .*nothing.crt of the target: ENOENT");
        assertThat(curl(PORT, "/", "-H", "X-User: alice")).startsWith("target ");
    }

    private void assertRefused(String certificate, String key, String sentence) throws Exception {
        TestingStream subscription = ask(PORT, identity(certificate, key, ""));
        assertThat(subscription.refused.get(20, TimeUnit.SECONDS).text()).containsPattern(sentence);
    }
}
