package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedPortTest {

    /** Columns: value of -p; host address, host port, container port, one after the other. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80|,,80/tcp",
                "8080:80|,8080,80/tcp",
                "8080:80/udp|,8080,80/udp",
                "80/SCTP|,,80/sctp",
                "127.0.0.1:8080:80|127.0.0.1,8080,80/tcp",
                "127.0.0.1::80|127.0.0.1,,80/tcp",
                "[::1]:8080:80|::1,8080,80/tcp",
                "::1:8080:80|::1,8080,80/tcp",
                "8000-8010:80|,8000-8010,80/tcp",
                "80-81|,,80/tcp ,,81/tcp",
                "8080-8081:80-81|,8080,80/tcp ,8081,81/tcp",
                "published=8080,target=80|,8080,80/tcp",
                "target=80,protocol=udp|,,80/udp",
                "mode=host,published=8080,target=80|,8080,80/tcp",
            })
    void everyNotationIsRead(String value, String expected) {
        String ports =
                PublishedPort.parse(value).stream()
                        .map(
                                port ->
                                        port.hostAddress()
                                                + ","
                                                + port.hostPort()
                                                + ","
                                                + port.exposed())
                        .collect(Collectors.joining(" "));

        assertThat(ports).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|invalid containerPort: x",
                "70000|invalid containerPort: 70000",
                "90-80|invalid containerPort: 90-80",
                "x:80|invalid hostPort: x",
                "8080-8082:80-81|invalid ranges specified for container and host Ports",
                "80/xyz|invalid proto: xyz",
                "=80,target=80|invalid publish opts format",
            })
    void nonsenseIsNamed(String value, String message) {
        assertThatThrownBy(() -> PublishedPort.parse(value)).hasMessageContaining(message);
    }
}
