package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SidecarIT {

    private static TestingPrograms programs;

    @BeforeAll
    static void build() throws Exception {
        programs = new TestingPrograms();
    }

    @AfterAll
    static void remove() throws Exception {
        programs.close();
    }

    @Test
    void theAppHasTheSidecarsNameAndAReadOnlyLayerAndNotTheRelayDirectory(@TempDir Path folder)
            throws Exception {
        try (TestingSession session =
                new TestingSession(
                        Optional.of(folder.toString()),
                        "docker",
                        "run",
                        "--rm",
                        TestingPrograms.APP,
                        "see",
                        "/.mirrord/run",
                        "/run/mirrord/host")) {
            session.start();

            assertThat(session.app().output())
                    .isEqualTo("host=web-0 launched=main /.mirrord/run=10 /run/mirrord/host=00");
            assertThat(
                            TestingPrograms.run(
                                    "docker",
                                    "exec",
                                    session.sidecar().name(),
                                    "/call",
                                    "see",
                                    "/.mirrord/run",
                                    "/run/mirrord/host"))
                    .contains("/.mirrord/run=11 /run/mirrord/host=11");
        }
    }

    @Test
    void theAppsExitCodeIsTheLinesExitCode() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", "--rm", TestingPrograms.APP, "exit", "7")) {
            assertThat(session.start().app().exitCode()).isEqualTo(7);
        }
    }

    @Test
    void theSidecarHasOnlyWhatItWasGiven() throws Exception {
        try (TestingSession session =
                new TestingSession(
                        "docker",
                        "run",
                        "--add-host",
                        "db=10.1.2.3",
                        "--dns-option",
                        "ndots:5",
                        "--sysctl",
                        "net.core.somaxconn=77",
                        "--domainname",
                        "shop",
                        TestingPrograms.APP)) {
            session.start();
            String name = session.sidecar().name();

            assertThat(session.inspect(name, "{{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}}"))
                    .isIn("[ALL] [NET_ADMIN]", "[ALL] [CAP_NET_ADMIN]");
            assertThat(session.inspect(name, "{{.HostConfig.Dns}} {{.HostConfig.DnsSearch}}"))
                    .isEqualTo("[127.0.0.53] [shop.svc.cluster.local]");
            assertThat(session.inspect(name, "{{.HostConfig.ExtraHosts}}{{.Config.Domainname}}"))
                    .isEqualTo("[db:10.1.2.3]shop");
            assertThat(session.inspect(name, "{{json .HostConfig.Sysctls}}"))
                    .contains(
                            "\"net.core.somaxconn\":\"77\"",
                            "\"net.ipv6.conf.all.disable_ipv6\":\"0\"");
            assertThat(session.inspect(name, "{{json .Config.Labels}}"))
                    .contains("\"dev.mirrord/session\":\"" + session.id + "\"")
                    .contains("\"dev.mirrord/owner\":\"it@here\"");
        }
    }

    @Test
    void aPublishedPortReachesTheAppInTheSharedNamespace() throws Exception {
        int port = freePort();
        try (TestingSession session =
                new TestingSession(
                        "docker",
                        "run",
                        "-d",
                        "-p",
                        "127.0.0.1:" + port + ":8000",
                        TestingPrograms.APP,
                        "serve",
                        "8000")) {
            assertThat(session.start().app().exitCode()).isZero();

            assertThat(served(port)).isEqualTo("served\n");
        }
    }

    @Test
    void publishAllPublishesWhatTheAppsImageExposes() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", "-P", TestingPrograms.APP)) {
            session.start();

            assertThat(TestingPrograms.run("docker", "port", session.sidecar().name()))
                    .startsWith("8000/tcp -> ");
        }
    }

    @Test
    void aPortThatIsTakenIsNamedWithWhatToDo() throws Exception {
        int port = freePort();
        String publish = "127.0.0.1:" + port + ":80";
        try (TestingSession first =
                        new TestingSession("docker", "run", "-p", publish, TestingPrograms.APP);
                TestingSession second =
                        new TestingSession("docker", "run", "-p", publish, TestingPrograms.APP)) {
            first.start();

            assertThatThrownBy(second::start)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains("port is already allocated", "with -p"));
        }
    }

    @Test
    void everyNetworkIsJoinedUnderTheAppsName() throws Exception {
        String front = "mirrord-it-front-" + ProcessHandle.current().pid();
        String back = "mirrord-it-back-" + ProcessHandle.current().pid();
        TestingPrograms.run("docker", "network", "create", "--subnet", "10.201.7.0/24", front);
        TestingPrograms.run("docker", "network", "create", back);
        try (TestingSession session =
                new TestingSession(
                        "docker",
                        "run",
                        "--name",
                        "it-web-" + ProcessHandle.current().pid(),
                        "--network",
                        "name=" + front + ",alias=extra,ip=10.201.7.9",
                        "--mac-address",
                        "02:42:0a:c9:07:09",
                        "--network",
                        back,
                        TestingPrograms.APP)) {
            session.start();
            String networks =
                    session.inspect(
                            session.sidecar().name(),
                            "{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAddress}}"
                                    + " {{$e.MacAddress}} {{$e.Aliases}};{{end}}");

            assertThat(networks)
                    .contains(front + " 10.201.7.9 02:42:0a:c9:07:09")
                    .contains("extra", back + " ")
                    .matches(text -> text.split("it-web-", -1).length == 3);
        } finally {
            TestingPrograms.run("docker", "network", "rm", front, back);
        }
    }

    @Test
    void anUnknownNetworkIsNamedAndNothingIsLeft() throws Exception {
        try (TestingSession session =
                new TestingSession(
                        "docker", "run", "--network", "no-such-net", TestingPrograms.APP)) {
            assertThatThrownBy(session::start).hasMessageContaining("no-such-net");
            session.engine.containers().removeSession(session.id);

            assertThat(session.engine.containers().leftovers())
                    .noneMatch(left -> left.session().equals(session.id));
        }
    }

    @Test
    void anExecStreamCarriesBytesBothWaysAndEndsOnHalfClose() throws Exception {
        try (TestingSession session = new TestingSession("docker", "run", TestingPrograms.APP)) {
            session.start();
            byte[] bytes = new byte[8 << 20];
            new Random(7).nextBytes(bytes);
            try (ExecStream stream =
                    session.engine.containers().exec(session.sidecar().name(), "/call", "cat")) {
                Thread.ofVirtual().start(() -> send(stream, bytes));

                assertThat(stream.input().readAllBytes()).isEqualTo(bytes);
                assertThat(stream.exit().get()).isZero();
            }
        }
    }

    @Test
    void anExecInAContainerThatIsGoneSaysSo() throws Exception {
        try (TestingSession session = new TestingSession("docker", "run", TestingPrograms.APP);
                ExecStream stream = session.engine.containers().exec("mirrord-none", "/x")) {
            assertThat(stream.input().readAllBytes()).isEmpty();
            assertThat(stream.exit().get()).isEqualTo(1);
            assertThat(stream.errors()).contains("No such container: mirrord-none");
        }
    }

    private static void send(ExecStream stream, byte[] bytes) {
        try (var output = stream.output()) {
            output.write(bytes);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static String served(int port) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                String text =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!text.isEmpty() || System.nanoTime() > deadline) {
                    return text;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
            }
            Thread.sleep(20);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void leftoversAreFoundByTheirLabelAndRemoved() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", TestingPrograms.APP, "exit", "0")) {
            session.start().app();
            List<Leftover> found = ofSession(session);

            assertThat(found).hasSize(4);
            assertThat(session.engine.containers().app(session.id).orElseThrow().state())
                    .isEqualTo("exited");

            session.engine.containers().removeSession(session.id);
            assertThat(ofSession(session))
                    .hasSize(2)
                    .anyMatch(Leftover.Volume.class::isInstance)
                    .anyMatch(left -> left instanceof Leftover.Container app && !app.ours());
        }
    }

    private static List<Leftover> ofSession(TestingSession session) {
        return session.engine.containers().leftovers().stream()
                .filter(left -> left.session().equals(session.id))
                .toList();
    }
}
