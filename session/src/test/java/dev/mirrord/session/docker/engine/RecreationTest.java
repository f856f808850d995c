package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecreationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void allButTheHealthCheckAndWhatTheNamespaceHasIsKept() throws Exception {
        JsonNode created =
                read(
                        """
                        {"Id": "1", "Name": "/app", "State": {},
                         "Config": {"Hostname": "0123", "Domainname": "", "ExposedPorts": {"80/tcp": {}},
                                    "Env": ["A=b"], "Cmd": ["--main", "--", "/app"], "Tty": true,
                                    "Healthcheck": {"Test": ["CMD", "/ok"], "Interval": 5}},
                         "HostConfig": {"NetworkMode": "container:side", "AutoRemove": true}}
                        """);
        JsonNode before = created.deepCopy();

        assertThat((JsonNode) Recreation.of(created, List.of("/.mirrord/run", "/ok", "a b")))
                .isEqualTo(
                        read(
                                """
                                {"Env": ["A=b"], "Cmd": ["--main", "--", "/app"], "Tty": true,
                                 "Healthcheck": {"Test": ["CMD", "/.mirrord/run", "/ok", "a b"],
                                                 "Interval": 5},
                                 "HostConfig": {"NetworkMode": "container:side", "AutoRemove": true}}
                                """));
        assertThat(created).isEqualTo(before);
    }

    private static JsonNode read(String text) throws Exception {
        return JSON.readTree(text);
    }
}
