package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import java.util.List;

/** A connection to the engine that the user's line is meant for. */
public final class Engine implements AutoCloseable {

    private final EngineApi api;
    private final Images images;
    private final Containers containers;

    private Engine(EngineApi api, DockerCli cli, ClientEnvironment environment) {
        this.api = api;
        this.images = new Images(api, cli, environment);
        this.containers = new Containers(api, cli);
    }

    /** Loads the HTTP client. */
    public static void preload() {
        EngineApi.load();
    }

    /** Nothing is sent yet: {@link #version()} tells whether somebody answers. */
    public static Engine of(ContainerCommand command, ClientEnvironment environment) {
        Endpoint endpoint =
                new EndpointFinder(environment).find(command.runtime(), command.globals());
        return of(endpoint, DockerCli.of(command), environment);
    }

    /** The engine that docker's client uses when no option names another. */
    public static Engine ofEnvironment() {
        return ofEnvironment("docker");
    }

    /** The engine that a client uses when no option names another. */
    public static Engine ofEnvironment(String program) {
        return of(
                CommandParser.parse(List.of(program, "run", "image")),
                ClientEnvironment.ofThisProcess());
    }

    public static Engine of(Endpoint endpoint, DockerCli cli, ClientEnvironment environment) {
        return new Engine(new EngineApi(endpoint, cli), cli, environment);
    }

    public Endpoint endpoint() {
        return api.endpoint();
    }

    /**
     * @throws EngineException when nobody answers: why, and what to start
     */
    public EngineVersion version() {
        EngineApi.Reply reply = api.get("/version");
        if (!reply.ok()) {
            throw new EngineException(
                    "the engine at " + endpoint().description() + " refuses: " + reply.message(),
                    "");
        }
        JsonNode version = reply.body();
        if (version.path("Os").asText().equals("windows")) {
            throw new EngineException(
                    "the engine at " + endpoint().description() + " runs Windows containers",
                    "Switch Docker Desktop to Linux containers.");
        }
        return new EngineVersion(
                version.path("Version").asText(),
                version.path("ApiVersion").asText(),
                version.path("Os").asText(),
                version.path("Arch").asText());
    }

    /** Whether it is podman's, whosever client is used; known once it has answered. */
    public boolean isPodman() {
        return api.isPodman();
    }

    public Images images() {
        return images;
    }

    public Containers containers() {
        return containers;
    }

    @Override
    public void close() {
        api.close();
    }
}
