package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointFinderIT {

    @TempDir Path home;

    private Endpoint find(Map<String, String> variables, String line) {
        ContainerCommand command = CommandParser.parse(List.of((line + " run img").split(" ")));
        return new EndpointFinder(
                        new ClientEnvironment(
                                variables, home, ClientEnvironment.Platform.LINUX, false))
                .find(command.runtime(), command.globals());
    }

    /** As the client itself stores it. */
    private void context(String name, String host) throws Exception {
        TestingPrograms.run(
                "docker",
                "--config=" + home.resolve(".docker"),
                "context",
                "create",
                name,
                "--docker=host=" + host);
    }

    @Test
    void theDefaultIsTheLocalSocket() {
        assertThat(find(Map.of(), "docker"))
                .isEqualTo(new Endpoint.UnixSocket(Path.of("/var/run/docker.sock")));
        assertThat(find(Map.of("DOCKER_HOST", ""), "docker").description())
                .isEqualTo("unix:///var/run/docker.sock");
    }

    @ParameterizedTest
    @CsvSource({
        "unix:///x/y.sock, unix:///x/y.sock, UnixSocket",
        "tcp://h:1234, tcp://h:1234, PlainTcp",
        "tcp://h, tcp://h:2375, PlainTcp",
        "h:99, tcp://h:99, PlainTcp",
        "tcp://[::1]:99, tcp://[::1]:99, PlainTcp",
        "ssh://me@h, ssh://me@h, ThroughClient",
        "npipe:////./pipe/x, npipe:////./pipe/x, ThroughClient"
    })
    void aHostIsReachedByTheWayItsSchemeNeeds(String host, String description, String kind) {
        for (Endpoint endpoint :
                List.of(
                        find(Map.of(), "docker -H " + host),
                        find(Map.of("DOCKER_HOST", host), "docker"))) {
            assertThat(endpoint.description()).isEqualTo(description);
            assertThat(endpoint.getClass().getSimpleName()).isEqualTo(kind);
        }
    }

    @Test
    void tlsGoesThroughTheClient() {
        assertThat(find(Map.of("DOCKER_TLS_VERIFY", "1", "DOCKER_HOST", "tcp://h:1"), "docker"))
                .isEqualTo(new Endpoint.ThroughClient("tcp://h:1"));
        assertThat(find(Map.of(), "docker --tlsverify -H tcp://h:1"))
                .isEqualTo(new Endpoint.ThroughClient("tcp://h:1"));
    }

    @Test
    void contextsAreTakenInDockersOrder() throws Exception {
        context("one", "unix:///one.sock");
        context("two", "unix:///two.sock");
        context("three", "ssh://h");
        TestingPrograms.run(
                "docker", "--config=" + home.resolve(".docker"), "context", "use", "three");

        assertThat(find(Map.of(), "docker").description()).isEqualTo("ssh://h");
        assertThat(find(Map.of("DOCKER_CONTEXT", "two"), "docker").description())
                .isEqualTo("unix:///two.sock");
        assertThat(
                        find(Map.of("DOCKER_CONTEXT", "two", "DOCKER_HOST", "unix:///h"), "docker")
                                .description())
                .isEqualTo("unix:///h");
        assertThat(find(Map.of("DOCKER_HOST", "unix:///h"), "docker --context one").description())
                .isEqualTo("unix:///one.sock");
        assertThat(find(Map.of("DOCKER_CONTEXT", "two"), "docker -H unix:///x").description())
                .isEqualTo("unix:///x");
        assertThat(find(Map.of(), "docker --context default").description())
                .isEqualTo("unix:///var/run/docker.sock");
    }

    @Test
    void anotherConfigurationFolderIsHonoured() throws Exception {
        context("one", "unix:///one.sock");
        String folder = home.resolve(".docker").toString();

        assertThat(
                        find(Map.of("HOME", "/none"), "docker --config " + folder + " -c one")
                                .description())
                .isEqualTo("unix:///one.sock");
        assertThat(find(Map.of("DOCKER_CONFIG", folder), "docker -c one").description())
                .isEqualTo("unix:///one.sock");
    }

    @Test
    void aContextThatIsNotThereIsNamedWithItsSource() {
        assertThatThrownBy(() -> find(Map.of("DOCKER_CONTEXT", "nowhere"), "docker"))
                .hasMessageContaining("docker context \"nowhere\" (from DOCKER_CONTEXT)");
    }

    @Test
    void aBrokenConfigurationIsNamed() throws Exception {
        Path file = Files.createDirectories(home.resolve(".docker")).resolve("config.json");
        Files.writeString(file, "{");

        assertThatThrownBy(() -> find(Map.of(), "docker")).hasMessageContaining(file.toString());
    }

    @Test
    void podmansSocketIsUsedWhereSomebodyAnswers() throws Exception {
        Path socket = Files.createDirectories(home.resolve("podman")).resolve("podman.sock");
        Map<String, String> variables = Map.of("XDG_RUNTIME_DIR", home.toString());

        assertThat(find(variables, "podman")).isEqualTo(new Endpoint.OwnService());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(find(variables, "podman")).isEqualTo(new Endpoint.UnixSocket(socket));
            assertThat(find(variables, "podman --root /elsewhere"))
                    .isEqualTo(new Endpoint.OwnService());
        }
        assertThat(socket).exists();
        assertThat(find(variables, "podman")).isEqualTo(new Endpoint.OwnService());
    }

    @Test
    void podmansOwnWordsForAnotherMachineAreFollowed() {
        assertThat(find(Map.of("CONTAINER_HOST", "unix:///x.sock"), "podman"))
                .isEqualTo(new Endpoint.UnixSocket(Path.of("/x.sock")));
        assertThat(find(Map.of("CONTAINER_HOST", "ssh://me@h/run/podman.sock"), "podman"))
                .isEqualTo(new Endpoint.ThroughClient("ssh://me@h/run/podman.sock"));
        assertThat(find(Map.of("CONTAINER_CONNECTION", "far"), "podman"))
                .isInstanceOf(Endpoint.ThroughClient.class);
        assertThat(find(Map.of(), "podman --url tcp://h:1"))
                .isEqualTo(new Endpoint.ThroughClient("podman --url=tcp://h:1"));
        assertThat(find(Map.of("DOCKER_HOST", "unix:///docker.sock"), "podman"))
                .isEqualTo(new Endpoint.OwnService());
    }

    @Test
    void nerdctlHasNoApi() {
        assertThatThrownBy(() -> find(Map.of(), "nerdctl")).hasMessageContaining("no Docker API");
    }
}
