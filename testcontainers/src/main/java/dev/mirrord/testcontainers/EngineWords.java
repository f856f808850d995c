package dev.mirrord.testcontainers;

import java.net.URI;
import java.util.List;
import org.testcontainers.DockerClientFactory;

/** The docker client's words that reach the engine that Testcontainers uses. */
final class EngineWords {
    private EngineWords() {}

    /** An engine behind TLS is found as docker finds it: by its context or its variables. */
    static List<String> client() {
        URI host = DockerClientFactory.instance().getTransportConfig().getDockerHost();
        return "unix".equals(host.getScheme())
                ? List.of("docker", "--host=" + host)
                : List.of("docker");
    }
}
