package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.kubernetes.KubeconfigText;
import dev.mirrord.session.kubernetes.Sandbox;
import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PortForwardClusterIT {

    private static Sandbox sandbox;
    private static PodRef pod;

    @BeforeAll
    static void start() {
        sandbox = new Sandbox();
        pod = sandbox.echo("echo");
        sandbox.user("creator", Map.of("pods/portforward", List.of("create")));
        sandbox.user("getter", Map.of("pods/portforward", List.of("get")));
        sandbox.user("nobody", Map.of());
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @Test
    void aWebSocketMoves64MebibytesBothWaysAndTheHalfCloseArrives() throws Exception {
        try (Cluster cluster = sandbox.open()) {
            PortForward forwards = new PortForward(cluster);
            EchoTraffic.moveThrough(forwards, pod);
            assertThat(forwards.transport()).isEqualTo(PortForward.Transport.WEBSOCKET);
        }
    }

    @Test
    void spdyByPostMoves64MebibytesBothWaysAndTheHalfCloseArrives() throws Exception {
        try (Cluster cluster = sandbox.open()) {
            EchoTraffic.moveThrough(
                    new PortForward(cluster).preferring(PortForward.Transport.SPDY), pod);
        }
    }

    @Test
    void fallsBackToSpdyUnderARoleWithOnlyCreate() throws Exception {
        try (Cluster cluster = openAs("creator")) {
            PortForward forwards = new PortForward(cluster);
            EchoTraffic.moveThrough(forwards, pod);
            assertThat(forwards.transport()).isEqualTo(PortForward.Transport.SPDY);
        }
    }

    @Test
    void saysVerbResourceAndNamespaceWhereTheRoleAllowsNothing() throws Exception {
        try (Cluster cluster = openAs("nobody")) {
            assertThatThrownBy(() -> new PortForward(cluster).open(pod, 7).get())
                    .cause()
                    .hasMessageContaining(
                            "not allowed to create pods/portforward in namespace "
                                    + sandbox.namespace())
                    .hasMessageContaining("403")
                    .hasMessageContaining("serviceaccount:" + sandbox.namespace() + ":nobody");
        }
    }

    @Test
    void saysThatThePodIsGone() {
        try (Cluster cluster = sandbox.open()) {
            PodRef absent = new PodRef(sandbox.namespace(), "absent");
            assertThatThrownBy(() -> new PortForward(cluster).open(absent, 7).get())
                    .cause()
                    .hasMessage("port-forward to pod " + absent + " failed: the pod is gone (404)");
        }
    }

    @Test
    void saysThatNobodyListensOnThePort() throws Exception {
        try (Cluster cluster = sandbox.open()) {
            PortForwardChannel forward = new PortForward(cluster).open(pod, 4).get();
            forward.join(
                    java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream());
            assertThatThrownBy(() -> forward.closed().get(20, TimeUnit.SECONDS))
                    .cause()
                    .hasMessageContaining("port-forward to pod " + pod + " port 4 failed")
                    .hasMessageContaining("connection refused");
        }
    }

    @Test
    void joinsEachConnectionOfAUnixSocketWithAForwardOfItsOwn(
            @org.junit.jupiter.api.io.TempDir Path directory) throws Exception {
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        try (Cluster cluster = sandbox.open();
                RelayServer relay = listen(cluster, directory, failed)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(relay.socket())))
                    .isEqualTo("rw-rw-rw-");
            CompletableFuture<Void> first = CompletableFuture.runAsync(() -> relayed(relay));
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> relayed(relay));
            CompletableFuture.anyOf(
                            failed.thenAccept(PortForwardClusterIT::raise),
                            CompletableFuture.allOf(first, second))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static void raise(Throwable failure) {
        throw new IllegalStateException(failure);
    }

    private static RelayServer listen(
            Cluster cluster, Path directory, CompletableFuture<Throwable> failed) {
        PortForward forwards = new PortForward(cluster);
        return RelayServer.listen(
                directory,
                "host",
                "relay.sock",
                cluster.loops(),
                loop -> forwards.open(pod, EchoTraffic.ECHO_PORT, loop, null),
                failed::complete);
    }

    private static void relayed(RelayServer relay) {
        try (SocketChannel client =
                SocketChannel.open(UnixDomainSocketAddress.of(relay.socket()))) {
            EchoTraffic.move(
                    Channels.newInputStream(client),
                    new java.io.FilterOutputStream(Channels.newOutputStream(client)) {
                        @Override
                        public void write(byte[] bytes, int from, int length)
                                throws java.io.IOException {
                            out.write(bytes, from, length);
                        }

                        @Override
                        public void close() throws java.io.IOException {
                            client.shutdownOutput();
                        }
                    },
                    EchoTraffic.MEBIBYTES);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Cluster openAs(String account) throws Exception {
        Path directory = Files.createTempDirectory("kubeconfig");
        Path kubeconfig =
                new KubeconfigText(sandbox.namespace())
                        .token(sandbox.token(account))
                        .write(directory);
        return Cluster.open(TestCluster.options().withKubeconfig(kubeconfig.toString()));
    }
}
