package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLineTest {
    private static final List<String> DOCKER = List.of("docker", "--host=unix:///x.sock");

    @Test
    void portsAreThoseThatTestcontainersWouldPublish() {
        HostConfig host =
                HostConfig.newHostConfig()
                        .withPortBindings(
                                PortBinding.parse("80"),
                                PortBinding.parse("127.0.0.1:5005:5005"),
                                PortBinding.parse("9000:9000/udp"));
        assertThat(line(Map.of("getHostConfig", host)))
                .contains(
                        "--publish=80/tcp",
                        "--publish=127.0.0.1:5005:5005/tcp",
                        "--publish=9000:9000/udp");
    }

    @Test
    void entryPointsOfSeveralWordsGoBeforeTheCommand() {
        assertThat(
                        line(
                                Map.of(
                                        "getEntrypoint", new String[] {"sh", "-c"},
                                        "getCmd", new String[] {"echo hello"})))
                .containsSubsequence("run", "--entrypoint=sh", "myimg", "-c", "echo hello");
    }

    @Test
    void aliasesNeedANetworkOfTheUser() {
        Map<String, Object> aliases = Map.of("getAliases", List.of("app"));
        assertThat(line(aliases)).doesNotContain("--network-alias=app");
        HostConfig host = HostConfig.newHostConfig().withNetworkMode("mynet");
        assertThat(line(Map.of("getAliases", List.of("app"), "getHostConfig", host)))
                .contains("--network=mynet", "--network-alias=app");
    }

    @Test
    void exposedPortsStayExposed() {
        assertThat(line(Map.of("getExposedPorts", new ExposedPort[] {ExposedPort.tcp(8080)})))
                .contains("--expose=8080/tcp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--ip=10.0.0.7",
                "--ip6=fd00::7",
                "--network-alias=app",
                "--publish=8080:80/tcp",
                "--publish=127.0.0.1:8080:80/tcp",
                "--publish=[::1]:8080:80/tcp"
            })
    void someThingsAreThereOnce(String word) {
        assertThat(RunLine.isThereOnce(List.of("docker", "run", word, "myimg"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--network=mynet",
                "--network-alias=tc-1a2b3c4d",
                "--publish=80/tcp",
                "--publish=127.0.0.1::80/tcp",
                "--expose=80/tcp",
                "--env=A=1:2"
            })
    void othersAreNot(String word) {
        assertThat(RunLine.isThereOnce(List.of("docker", "run", word, "myimg"))).isFalse();
    }

    /** A command whose getters answer from a table. */
    private static List<String> line(Map<String, Object> values) {
        CreateContainerCmd create =
                (CreateContainerCmd)
                        Proxy.newProxyInstance(
                                RunLineTest.class.getClassLoader(),
                                new Class<?>[] {CreateContainerCmd.class},
                                (_, method, _) ->
                                        method.getName().equals("getImage")
                                                ? "myimg"
                                                : values.get(method.getName()));
        return RunLine.of(create, DOCKER);
    }
}
