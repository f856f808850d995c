package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.KubeconfigText;
import dev.mirrord.session.kubernetes.Sandbox;
import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a kubeconfig says who the user is, each moving 64 MiB both ways. */
@Timeout(120)
class PortForwardCredentialsClusterIT {

    private static Sandbox sandbox;
    private static PodRef pod;
    @TempDir Path directory;
    private KubeconfigText kubeconfig;

    @BeforeAll
    static void start() {
        sandbox = new Sandbox();
        pod = sandbox.echo("echo");
        sandbox.user(
                "forwarder",
                Map.of("pods/portforward", List.of("get", "create"), "pods", List.of("get")));
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void prepare() {
        kubeconfig = new KubeconfigText(sandbox.namespace());
    }

    @Test
    void clientCertificateInTheKubeconfig() throws Exception {
        kubeconfig.asAdmin();
        move();
    }

    @Test
    void clientCertificateAndAuthorityInFilesBesideTheKubeconfig() throws Exception {
        Files.writeString(
                directory.resolve("me.crt"), KubeconfigText.adminPem("client-certificate"));
        Files.writeString(directory.resolve("me.key"), KubeconfigText.adminPem("client-key"));
        Files.writeString(directory.resolve("ca.crt"), kubeconfig.authority());
        kubeconfig.user.put("client-certificate", "me.crt").put("client-key", "me.key");
        kubeconfig.cluster.remove("certificate-authority-data");
        kubeconfig.cluster.put("certificate-authority", "ca.crt");
        move();
    }

    @Test
    void token() throws Exception {
        kubeconfig.token(sandbox.token("forwarder"));
        move();
    }

    @Test
    void tokenFileThatIsReadAgainWhenItsTokenIsRefused() throws Exception {
        Path file = directory.resolve("token");
        Files.writeString(file, "out-of-date\n");
        kubeconfig.user.put("tokenFile", "token");
        try (Cluster cluster = Cluster.open(options())) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageStartingWith(
                            "the API server does not accept the kubeconfig's credentials: 401")
                    .hasMessageEndingWith("log in again");
            Files.writeString(file, sandbox.token("forwarder") + "\n");
            EchoTraffic.moveThrough(new PortForward(cluster), pod);
        }
    }

    @Test
    void execPluginThatIsRunAgainWhenItsTokenExpiresMidSession() throws Exception {
        Instant expiry = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
        ObjectNode status = execStatus();
        status.put("token", sandbox.token("forwarder"));
        status.put("expirationTimestamp", expiry.toString());
        writeCredential(status);
        try (Cluster cluster = Cluster.open(options())) {
            EchoTraffic.moveThrough(new PortForward(cluster), pod);
            long before = runs();
            status.remove("expirationTimestamp");
            writeCredential(status);
            while (Instant.now().isBefore(expiry)) {
                Thread.onSpinWait();
            }
            EchoTraffic.moveThrough(new PortForward(cluster), pod);
            assertThat(runs()).isEqualTo(before + 1);
        }
    }

    @Test
    void execPluginThatIsRunAgainWhenItsTokenIsRefused() throws Exception {
        ObjectNode status = execStatus();
        status.put("token", "revoked");
        writeCredential(status);
        try (Cluster cluster = Cluster.open(options())) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageContaining("401");
            status.put("token", sandbox.token("forwarder"));
            writeCredential(status);
            EchoTraffic.moveThrough(new PortForward(cluster), pod);
        }
    }

    @Test
    void execPluginThatGivesAClientCertificate() throws Exception {
        ObjectNode status = execStatus();
        status.put("clientCertificateData", KubeconfigText.adminPem("client-certificate"));
        status.put("clientKeyData", KubeconfigText.adminPem("client-key"));
        writeCredential(status);
        move();
    }

    @Test
    void execPluginThatIsMissingIsNamedWithItsInstallHint() throws Exception {
        ObjectNode exec = kubeconfig.user.putObject("exec");
        exec.put("apiVersion", "client.authentication.k8s.io/v1").put("command", "no-such-plugin");
        exec.put("installHint", "install it from your platform's page");
        try (Cluster cluster = Cluster.open(options())) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageStartingWith(
                            "the kubeconfig's credential plugin no-such-plugin failed: ")
                    .hasMessageEndingWith("; install it from your platform's page");
        }
    }

    @Test
    void impersonationOfAUserAndGroups() throws Exception {
        kubeconfig.asAdmin().user.put("as", account("forwarder"));
        kubeconfig
                .user
                .putArray("as-groups")
                .add("system:serviceaccounts")
                .add("system:authenticated");
        kubeconfig.user.putObject("as-user-extra").putArray("reason").add("a test");
        move();
        kubeconfig.user.put("as", account("stranger"));
        try (Cluster cluster = Cluster.open(options())) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageContaining("User \"" + account("stranger") + "\" cannot");
        }
    }

    @Test
    void basicAuthenticationThroughAGatewayThatAsksForIt() throws Exception {
        TestingCertificate certificate = TestingCertificate.of(directory, "ip:127.0.0.1");
        String basic = "Basic " + base64("alice:pass:word");
        String token = sandbox.token("forwarder");
        try (TestingFront front =
                TestingFront.before(
                        certificate,
                        head ->
                                head.contains("uthorization: " + basic)
                                        ? head.replace(basic, "Bearer " + token)
                                        : "")) {
            kubeconfig.authorities(certificate.pem());
            kubeconfig.cluster.put("server", "https://127.0.0.1:" + front.port());
            kubeconfig.user.put("username", "alice").put("password", "pass:word");
            move();
        }
    }

    private String account(String name) {
        return "system:serviceaccount:" + sandbox.namespace() + ":" + name;
    }

    private ObjectNode execStatus() throws Exception {
        Path plugin = directory.resolve("plugin");
        Files.writeString(
                plugin,
                "#!/bin/sh\ncd \"${0%/*}\"\necho run >> runs\necho noise >&2\ncat credential\n");
        assertThat(plugin.toFile().setExecutable(true)).isTrue();
        ObjectNode exec = kubeconfig.user.putObject("exec");
        exec.put("apiVersion", "client.authentication.k8s.io/v1").put("command", "./plugin");
        exec.put("interactiveMode", "Never");
        return Json.MAPPER.createObjectNode();
    }

    private void writeCredential(ObjectNode status) throws Exception {
        ObjectNode credential = Json.MAPPER.createObjectNode();
        credential
                .put("apiVersion", "client.authentication.k8s.io/v1")
                .put("kind", "ExecCredential");
        credential.set("status", status);
        Files.writeString(directory.resolve("credential"), credential.toString());
    }

    private long runs() throws Exception {
        try (var lines = Files.lines(directory.resolve("runs"))) {
            return lines.count();
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private ClusterOptions options() throws Exception {
        return TestCluster.options().withKubeconfig(kubeconfig.write(directory).toString());
    }

    private void move() throws Exception {
        EchoTraffic.moveWith(options(), pod);
    }
}
