package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EngineIT {

    private static final ClientEnvironment HERE = ClientEnvironment.ofThisProcess();

    private static TestingPrograms programs;

    @BeforeAll
    static void build() throws Exception {
        programs = new TestingPrograms();
    }

    @AfterAll
    static void remove() throws Exception {
        programs.close();
    }

    private static ContainerCommand parse(String... words) {
        return CommandParser.parse(List.of(words));
    }

    @Test
    void theEngineSaysWhatItIs() {
        try (Engine engine = Engine.of(parse("docker", "run", "x"), HERE)) {
            assertThat(engine.version().version()).isNotEmpty();
            assertThat(engine.version().apiVersion()).startsWith("1.");
            assertThat(engine.version().operatingSystem()).isEqualTo("linux");
        }
    }

    @Test
    void withoutASocketTheUserIsToldToStartDocker(@TempDir Path folder) {
        Path socket = folder.resolve("docker.sock");
        try (Engine engine =
                Engine.of(parse("docker", "-H", "unix://" + socket, "run", "x"), HERE)) {
            assertThatThrownBy(engine::version)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains("cannot connect to the container engine at")
                                            .contains("unix://" + socket + ": No such file")
                                            .contains("Start Docker"));
        }
    }

    @Test
    void aSocketThatNobodyServesIsToldApart(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("docker.sock");
        try (var server =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(socket));
        }
        assertThat(Files.exists(socket)).isTrue();
        try (Engine engine =
                Engine.of(parse("docker", "-H", "unix://" + socket, "run", "x"), HERE)) {
            assertThatThrownBy(engine::version)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains("refused", "Nothing answers there"));
        }
    }

    @Test
    void aHostThatRefusesIsNamed() {
        try (Engine engine =
                Engine.of(parse("docker", "-H", "tcp://127.0.0.1:1", "run", "x"), HERE)) {
            assertThatThrownBy(engine::version)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains(
                                                    "tcp://127.0.0.1:1", "refused", "DOCKER_HOST"));
        }
    }

    @Test
    void everyOtherEndpointIsReachedThroughTheUsersClient() {
        Endpoint endpoint = new Endpoint.ThroughClient("some far engine");
        try (Engine engine = Engine.of(endpoint, new DockerCli("docker", List.of()), HERE)) {
            assertThat(engine.version().operatingSystem()).isEqualTo("linux");
            assertThat(engine.images().inspect(TestingPrograms.APP)).isPresent();
            assertThat(engine.images().inspect("mirrord-none")).isEmpty();
        }
    }

    @Test
    void whenTheUsersClientCannotConnectItsOwnWordsAreShown() {
        Endpoint endpoint = new Endpoint.ThroughClient("unix:///no/such.sock");
        DockerCli cli = new DockerCli("docker", List.of("--host=unix:///no/such.sock"));
        try (Engine engine = Engine.of(endpoint, cli, HERE)) {
            assertThatThrownBy(engine::version)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains("/no/such.sock", "docker version"));
        }
    }

    @Test
    void anImageShowsItsConfiguration() throws Exception {
        String tag = "mirrord-docker-it/config";
        programs.build(
                tag,
                "FROM scratch\nCOPY call /call\nUSER 1000\nENV A=b\nEXPOSE 80 90/udp\n"
                        + "SHELL [\"/x\", \"-c\"]\nHEALTHCHECK CMD [\"/call\", \"exit\", \"0\"]\n"
                        + "ENTRYPOINT [\"/call\"]\nCMD [\"wait\"]\n");
        try (Engine engine = Engine.of(parse("docker", "run", tag), HERE)) {
            ImageConfig config = engine.images().inspect(tag).orElseThrow();

            assertThat(config.entrypoint()).containsExactly("/call");
            assertThat(config.command()).containsExactly("wait");
            assertThat(config.exposedPorts()).containsExactlyInAnyOrder("80/tcp", "90/udp");
            assertThat(config.shell()).containsExactly("/x", "-c");
            assertThat(config.healthTest()).containsExactly("CMD", "/call", "exit", "0");
            assertThat(config.environment()).contains("A=b");
            assertThat(config.user()).isEqualTo("1000");
            assertThat(engine.images().has(config, "/call", Map.of())).isTrue();
            assertThat(engine.images().has(config, "/bin/sh", Map.of())).isFalse();
        } finally {
            TestingPrograms.run("docker", "rmi", "-f", tag);
        }
    }

    @Test
    void anImageThatMayNotBePulledIsNamed() {
        ContainerCommand command = parse("docker", "run", "--pull", "never", "mirrord-none");
        try (Engine engine = Engine.of(command, HERE)) {
            assertThatThrownBy(() -> engine.images().of(command))
                    .hasMessageContaining("No such image: mirrord-none")
                    .hasMessageContaining("--pull never");
        }
    }

    @Test
    void anImageThatCannotBePulledIsNamedWithTheReason() {
        ContainerCommand command = parse("docker", "run", "-q", "127.0.0.1:1/none:1");
        try (Engine engine = Engine.of(command, HERE)) {
            assertThatThrownBy(() -> engine.images().of(command))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure ->
                                    assertThat(failure.text())
                                            .contains("image 127.0.0.1:1/none:1")
                                            .contains("cannot be pulled: ", "refused")
                                            .contains("docker login"));
        }
    }

    @Test
    void anImageOfAnotherPlatformIsPulledAndNotTaken() {
        ContainerCommand command =
                parse(
                        "docker",
                        "run",
                        "-q",
                        "--pull",
                        "never",
                        "--platform",
                        "linux/s390x",
                        TestingPrograms.APP);
        try (Engine engine = Engine.of(command, HERE)) {
            assertThatThrownBy(() -> engine.images().of(command))
                    .hasMessageContaining("No such image");
        }
    }
}
