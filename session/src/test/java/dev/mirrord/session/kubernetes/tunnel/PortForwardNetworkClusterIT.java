package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.kubernetes.KubeconfigText;
import dev.mirrord.session.kubernetes.Sandbox;
import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every way that leads to an API server and to trust in it, each moving 64 MiB both ways. */
@Timeout(120)
class PortForwardNetworkClusterIT {

    private static Sandbox sandbox;
    private static PodRef pod;
    private static String nodeServer;
    @TempDir Path directory;
    private KubeconfigText kubeconfig;

    @BeforeAll
    static void start() {
        sandbox = new Sandbox();
        pod = sandbox.echo("echo");
        String address =
                sandbox.admin()
                        .api()
                        .get("/api/v1/nodes")
                        .json()
                        .at("/items/0/status/addresses/0/address")
                        .asText();
        // not a loopback address: HTTPS_PROXY does not apply to those
        nodeServer = "https://" + address + ":6443";
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void prepare() {
        kubeconfig = new KubeconfigText(sandbox.namespace()).asAdmin();
    }

    @Test
    void anUnknownAuthorityIsRefusedWithASentence() throws Exception {
        kubeconfig.authorities(TestingCertificate.of(directory, "ip:127.0.0.1").pem());
        try (Cluster cluster = Cluster.open(options())) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageStartingWith("cannot reach the API server https://127.0.0.1:6443: ")
                    .hasMessageContaining("its certificate is not trusted")
                    .hasMessageContaining("check certificate-authority");
        }
    }

    @Test
    void insecureSkipTlsVerify() throws Exception {
        kubeconfig.cluster.remove("certificate-authority-data");
        kubeconfig.cluster.put("insecure-skip-tls-verify", true);
        move();
    }

    @Test
    void tlsServerName() throws Exception {
        TestingCertificate certificate = TestingCertificate.of(directory, "dns:api.example.test");
        try (TestingFront front = TestingFront.before(certificate, head -> head)) {
            kubeconfig.authorities(certificate.pem());
            kubeconfig.cluster.put("server", "https://127.0.0.1:" + front.port());
            assertThatThrownBy(this::move)
                    .cause()
                    .hasMessageContaining("its certificate is not trusted");
            kubeconfig.cluster.put("tls-server-name", "api.example.test");
            move();
        }
    }

    @Test
    void anApiServerUnderAPathPrefix() throws Exception {
        TestingCertificate certificate = TestingCertificate.of(directory, "ip:127.0.0.1");
        try (TestingFront front =
                TestingFront.before(
                        certificate,
                        head ->
                                head.contains(" /k8s/clusters/c-1/api")
                                        ? head.replaceFirst("/k8s/clusters/c-1", "")
                                        : "")) {
            kubeconfig.authorities(certificate.pem());
            kubeconfig.cluster.put(
                    "server", "https://127.0.0.1:" + front.port() + "/k8s/clusters/c-1/");
            move();
        }
    }

    @Test
    void httpProxyOfTheKubeconfigWithAPassword() throws Exception {
        // "me:p@ss" in base64
        try (TestingConnectProxy proxy = new TestingConnectProxy(null, "Basic bWU6cEBzcw==")) {
            kubeconfig.cluster.put("proxy-url", "http://me:p%40ss@127.0.0.1:" + proxy.port());
            move();
            assertThat(proxy.connections).hasPositiveValue();
        }
    }

    @Test
    void aProxyThatRefusesIsNamedWithoutItsPassword() throws Exception {
        try (TestingConnectProxy proxy = new TestingConnectProxy(null, "Basic bWU6cEBzcw==")) {
            kubeconfig.cluster.put("proxy-url", "http://me:wrong@127.0.0.1:" + proxy.port());
            assertThatThrownBy(this::move)
                    .cause()
                    .hasMessageContaining(
                            "through the proxy http://127.0.0.1:" + proxy.port() + ": ")
                    .hasMessageContaining("407")
                    .hasMessageNotContaining("wrong");
        }
    }

    @Test
    void httpsProxyOfTheKubeconfig() throws Exception {
        TestingCertificate certificate = TestingCertificate.of(directory, "ip:127.0.0.1");
        try (TestingConnectProxy proxy = new TestingConnectProxy(certificate, "")) {
            kubeconfig.authorities(kubeconfig.authority() + certificate.pem());
            kubeconfig.cluster.put("proxy-url", "https://127.0.0.1:" + proxy.port());
            move();
            assertThat(proxy.connections).hasPositiveValue();
        }
    }

    @Test
    void socks5ProxyOfTheKubeconfig() throws Exception {
        try (TestingSocksProxy proxy = new TestingSocksProxy()) {
            kubeconfig.cluster.put("proxy-url", "socks5://127.0.0.1:" + proxy.port());
            move();
            assertThat(proxy.connections).hasPositiveValue();
        }
    }

    @Test
    void httpsProxyOfTheEnvironment() throws Exception {
        try (TestingConnectProxy proxy = new TestingConnectProxy(null, "")) {
            kubeconfig.cluster.put("server", nodeServer);
            Map<String, String> environment = Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port());
            EchoTraffic.moveWith(options().withEnvironment(environment), pod);
            assertThat(proxy.connections).hasPositiveValue();
        }
    }

    @Test
    void noProxyOfTheEnvironment() throws Exception {
        try (TestingConnectProxy proxy = new TestingConnectProxy(null, "")) {
            kubeconfig.cluster.put("server", nodeServer);
            Map<String, String> environment =
                    Map.of(
                            "https_proxy",
                            "http://127.0.0.1:" + proxy.port(),
                            "no_proxy",
                            "example.test, 172.16.0.0/12");
            EchoTraffic.moveWith(options().withEnvironment(environment), pod);
            assertThat(proxy.connections).hasValue(0);
        }
    }

    private ClusterOptions options() throws Exception {
        return TestCluster.options().withKubeconfig(kubeconfig.write(directory).toString());
    }

    private void move() throws Exception {
        EchoTraffic.moveWith(options(), pod);
    }
}
