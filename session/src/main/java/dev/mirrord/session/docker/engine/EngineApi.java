package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import dev.mirrord.session.docker.EngineException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Requests to the engine's HTTP API. */
final class EngineApi implements AutoCloseable {

    /** An answer of any status. */
    record Reply(int status, JsonNode body) {

        boolean ok() {
            return status / 100 == 2 || status == 304;
        }

        boolean notFound() {
            return status == 404;
        }

        /** The engine's own words. */
        String message() {
            return body.path("message").asText("HTTP status " + status);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Endpoint endpoint;
    private final Optional<Bridge> bridge;
    private final DockerHttpClient http;
    private volatile boolean podman;

    EngineApi(Endpoint endpoint, DockerCli cli) {
        this.endpoint = endpoint;
        this.bridge =
                switch (endpoint) {
                    case Endpoint.UnixSocket ignored -> Optional.empty();
                    case Endpoint.PlainTcp ignored -> Optional.empty();
                    case Endpoint.ThroughClient ignored -> Optional.of(DialBridge.open(cli));
                    case Endpoint.OwnService ignored -> Optional.of(PodmanService.open(cli));
                };
        this.http =
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(uri())
                        .connectionTimeout(Duration.ofSeconds(10))
                        .build();
    }

    /** Loads the classes of a client, without an endpoint. */
    static void load() {
        try {
            new ApacheDockerHttpClient.Builder()
                    .dockerHost(URI.create("unix:///var/run/docker.sock"))
                    .build()
                    .close();
        } catch (IOException | RuntimeException laterSaid) {
            // the session's own client will fail in the same way, and say why
        }
    }

    private URI uri() {
        return switch (endpoint) {
            case Endpoint.UnixSocket socket -> socket.uri();
            case Endpoint.PlainTcp tcp -> URI.create(tcp.description());
            case Endpoint.ThroughClient ignored -> bridgeUri();
            case Endpoint.OwnService ignored -> bridgeUri();
        };
    }

    private URI bridgeUri() {
        return new Endpoint.UnixSocket(bridge.orElseThrow().socket()).uri();
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Whether podman has answered, whosever client is used. */
    boolean isPodman() {
        return podman;
    }

    Reply get(String path) {
        return send("GET", path, null);
    }

    Reply head(String path) {
        return send("HEAD", path, null);
    }

    Reply post(String path, @Nullable JsonNode body) {
        return send("POST", path, body);
    }

    Reply delete(String path) {
        return send("DELETE", path, null);
    }

    /** A value as part of a query string or a path segment. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Reply send(String method, String path, @Nullable JsonNode body) {
        DockerHttpClient.Request.Builder request =
                DockerHttpClient.Request.builder().method(method).path(path);
        if (body != null) {
            request.putHeader("Content-Type", "application/json");
            request.bodyBytes(bytes(body));
        }
        try (DockerHttpClient.Response response = http.execute(request.build())) {
            podman |= response.getHeader("Libpod-API-Version") != null;
            byte[] content = response.getBody().readAllBytes();
            return new Reply(response.getStatusCode(), json(content));
        } catch (IOException | RuntimeException failure) {
            throw unreachable(failure);
        }
    }

    private static byte[] bytes(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode json(byte[] content) {
        try {
            JsonNode node = JSON.readTree(content);
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException notJson) {
            return MissingNode.getInstance(); // _ping answers "OK"
        }
    }

    private EngineException unreachable(Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String clientSays = bridge.map(Bridge::lastError).orElse("");
        String why = clientSays.isEmpty() ? Unreachable.reason(root) : clientSays;
        return new EngineException(
                "cannot connect to the container engine at " + endpoint.description() + ": " + why,
                Unreachable.advice(endpoint, why),
                failure);
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException ignored) {
            // nothing is in flight any more
        }
        bridge.ifPresent(Bridge::close);
    }
}
