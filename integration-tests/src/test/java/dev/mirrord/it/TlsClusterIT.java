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
 * HTTPS of a real nginx with a filter: TLS ends at the agent, with the certificate of the target.
 */
class TlsClusterIT {
    private static final String NAME = "mirrord-it-tls";
    private static final String NGINX = "mirrord-test/nginx";
    private static final Duration START = Duration.ofSeconds(60);
    private static final List<String> VERSIONS = List.of("--http1.1", "--http2");

    private static final String SERVER =
            """
            events {}
            http {
              access_log off;
              server {
                listen 443 ssl http2; listen [::]:443 ssl http2;
                ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key;
                location / { return 200 "%1$s $request_uri $remote_addr $server_protocol\\n"; }
                location /program { alias /usr/sbin/nginx; }
              }
              server {
                listen 444 ssl http2;
                ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key;
                ssl_client_certificate /tls/clients.crt; ssl_verify_client %2$s;
                location / { return 200 "%1$s $ssl_client_s_dn|$http_client_cert\\n"; }
              }
            }
            """;

    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %1$s, namespace: shop}
            data:
              nginx.conf: |
            %2$s
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: %1$s, namespace: shop}
            type: kubernetes.io/tls
            stringData:
              tls.crt: |
            %3$s
              tls.key: |
            %4$s
              clients.crt: |
            %5$s
              agent.crt: |
            %6$s
              agent.key: |
            %7$s
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: shop}
            spec:
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: nginx
                    image: mirrord-test/nginx
                    imagePullPolicy: IfNotPresent
                    args: [nginx, -c, /config/nginx.conf, -g, daemon off;]
                    ports: [{containerPort: 443}, {containerPort: 444}]
                    readinessProbe: {tcpSocket: {port: 443}, periodSeconds: 1}
                    volumeMounts: [{name: config, mountPath: /config}, {name: tls, mountPath: /tls}]
                  volumes:
                  - {name: config, configMap: {name: %1$s}}
                  - {name: tls, secret: {secretName: %1$s}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec: {selector: {app: %1$s}, ports: [{name: https, port: 443}, {name: mutual, port: 444}]}
            """;

    @TempDir private static Path directory;
    private static Client client;

    @BeforeAll
    static void deploy() throws IOException {
        certificate("target", NAME);
        certificate("app", "app.test");
        certificate("ann", "ann.test");
        certificate("agent", "agent.test");
        Files.copy(directory.resolve("ann/tls.crt"), directory.resolve("app/clients.crt"));
        client = Client.start(NAME + "-client");
        Pods.apply(
                MANIFEST.formatted(
                        NAME,
                        SERVER.formatted("target", "on").indent(4).stripTrailing(),
                        text("target/tls.crt").indent(4).stripTrailing(),
                        text("target/tls.key").indent(4).stripTrailing(),
                        (text("ann/tls.crt") + text("agent/tls.crt")).indent(4).stripTrailing(),
                        text("agent/tls.crt").indent(4).stripTrailing(),
                        text("agent/tls.key").indent(4).stripTrailing()));
        Pods.rolledOut(NAME);
        for (String file : List.of("target/tls.crt", "ann/tls.crt", "ann/tls.key")) {
            String there = "/tmp/" + file.replace("/tls", "");
            client.run("bash", "-c", "echo '" + text(file) + "' > " + there).orFail();
        }
        Eventually.within(START, () -> "no answer")
                .until(() -> ask("--http1.1", "/").contains("target"));
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        try {
            Cluster.assertNothingLeft();
        } finally {
            Pods.remove(NAME, "configmap", "secret");
        }
    }

    private static void certificate(String whose, String name) throws IOException {
        Path own = Files.createDirectories(directory.resolve(whose));
        Command.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=DNS:" + name,
                        "-keyout",
                        own.resolve("tls.key").toString(),
                        "-out",
                        own.resolve("tls.crt").toString())
                .orFail();
    }

    private static String text(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    /** With no other certificate than the target's; the head as it came, but for the time. */
    private static String ask(String version, String path, String... more) {
        String[] line = {
            "curl",
            "-sSi",
            "--max-time",
            "10",
            "--cacert",
            "/tmp/target.crt",
            version,
            "https://" + NAME + path
        };
        String[] all = java.util.Arrays.copyOf(line, line.length + more.length);
        System.arraycopy(more, 0, all, line.length, more.length);
        return client.run(all).out().replaceFirst("(?i)\ndate: .*", "");
    }

    private static String sum(String version, String... more) {
        return client.run(
                        "bash",
                        "-c",
                        "curl -sS --max-time 10 --cacert /tmp/target.crt %s https://%s/program %s | sha256sum"
                                .formatted(version, NAME, String.join(" ", more)))
                .orFail()
                .outLine();
    }

    @Test
    void withTheKeyInTheTargetsFiles() throws IOException {
        requestsAreTheAppsOrTheTargetsAsTheFilterSays(
                "{ports: [443], certificate: /tls/tls.crt, key: /tls/tls.key}");
    }

    @Test
    void withTheKeyInASecret() throws IOException {
        requestsAreTheAppsOrTheTargetsAsTheFilterSays("{ports: [443], secret: " + NAME + "}");
    }

    private static Command.Running app(String identity, String delivery) throws IOException {
        Path nginx =
                Files.writeString(
                        directory.resolve("nginx.conf"), SERVER.formatted("app", "optional_no_ca"));
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        """
                        feature:
                          network:
                            incoming:
                              mode: steal
                              http_filter: {header_filter: '^x-user: alice$'}
                              tls: [%s]
                              tls_delivery: {%s}
                        """
                                .formatted(identity, delivery));
        return Mirrord.on("deployment/" + NAME)
                .with("-f", config.toString())
                .docker("-v", nginx + ":/config/nginx.conf:ro")
                .docker("-v", directory.resolve("app") + ":/tls:ro")
                .start(NGINX, "nginx", "-c", "/config/nginx.conf", "-g", "daemon off;");
    }

    /** As Ann, who shows her certificate, or as nobody. */
    private static String askMutual(String version, String... more) {
        String[] line = {
            "curl",
            "-sS",
            "--max-time",
            "10",
            "--cacert",
            "/tmp/target.crt",
            version,
            "https://" + NAME + ":444/"
        };
        String[] all = java.util.Arrays.copyOf(line, line.length + more.length);
        System.arraycopy(more, 0, all, line.length, more.length);
        return client.run(all).out();
    }

    @Test
    void ofATargetThatAsksForClientCertificates() throws IOException {
        String[] ann = {"--cert", "/tmp/ann.crt", "--key", "/tmp/ann.key"};
        String[] alice = {"--cert", "/tmp/ann.crt", "--key", "/tmp/ann.key", "-H", "X-User: alice"};
        assertThat(askMutual("--http2", ann)).isEqualTo("target CN=ann.test|\n");
        String certificate = ":" + text("ann/tls.crt").replaceAll("-----[A-Z ]+-----|\n", "") + ":";
        try (Command.Running app =
                app(
                        "{ports: [444], secret: %s, clients: {trust_roots: /tls/clients.crt, certificate: /tls/agent.crt, key: /tls/agent.key}}"
                                .formatted(NAME),
                        "client_cert_header: Client-Cert")) {
            Eventually.within(START, app::text)
                    .until(() -> askMutual("--http2", alice).contains("app "));
            for (String version : VERSIONS) {
                assertThat(askMutual(version, alice))
                        .isEqualTo("app CN=agent.test|" + certificate + "\n");
                assertThat(askMutual(version, ann)).isEqualTo("target CN=agent.test|\n");
                assertThat(askMutual(version)).contains("No required SSL certificate was sent");
            }
        }
        assertThat(askMutual("--http2", alice)).isEqualTo("target CN=ann.test|\n");
    }

    private static void requestsAreTheAppsOrTheTargetsAsTheFilterSays(String identity)
            throws IOException {
        List<String> before = VERSIONS.stream().map(version -> ask(version, "/a?b")).toList();
        assertThat(before).allMatch(answer -> answer.contains("target /a?b " + client.address()));
        String program = sum("--http1.1");
        try (Command.Running app = app(identity, "")) {
            Eventually.within(START, app::text)
                    .until(() -> ask("--http2", "/mine", "-H", "X-User: alice").contains("app /"));
            for (String version : VERSIONS) {
                String spoken = version.equals("--http2") ? "HTTP/2.0" : "HTTP/1.1";
                assertThat(ask(version, "/a?b", "-H", "X-User: alice"))
                        .contains("app /a?b %s %s\n".formatted(client.address(), spoken));
                assertThat(ask(version, "/a?b")).isEqualTo(before.get(VERSIONS.indexOf(version)));
                assertThat(sum(version)).isEqualTo(program);
                assertThat(sum(version, "-H", "X-User:alice")).isEqualTo(program);
            }
        }
        assertThat(ask("--http2", "/a?b", "-H", "X-User: alice")).contains("target /a?b");
    }
}
