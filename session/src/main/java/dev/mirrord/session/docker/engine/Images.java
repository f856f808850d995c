package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Images of the engine. */
public final class Images {

    /** Of the part of podman's API that is its own; Podman 4 and 5 speak it. */
    private static final String LIBPOD = "/v4.0.0/libpod";

    private final EngineApi api;
    private final ContainerRuntime runtime;
    private final ImagePull pull;
    private final ClientEnvironment environment;

    Images(EngineApi api, DockerCli cli, ClientEnvironment environment) {
        this.api = api;
        this.runtime = cli.runtime();
        this.pull = new ImagePull(cli);
        this.environment = environment;
    }

    /** Empty when the engine does not have it. */
    public Optional<ImageConfig> inspect(String reference) {
        return runtime == ContainerRuntime.PODMAN
                ? resolved(reference).flatMap(this::ofEngine)
                : ofEngine(reference);
    }

    /**
     * The id of an image of podman. Its Docker API reads {@code myimg} as Docker Hub's, its client
     * as {@code localhost/myimg} or whatever is here.
     */
    private Optional<String> resolved(String reference) {
        EngineApi.Reply reply =
                api.get(LIBPOD + "/images/" + EngineApi.encoded(reference) + "/json");
        if (reply.notFound()) {
            return Optional.empty();
        }
        if (!reply.ok()) {
            throw new EngineException(
                    "podman cannot inspect image " + reference + ": " + reply.message(),
                    "Podman 4.0 or newer is needed.");
        }
        return Optional.of(reply.body().path("Id").asText());
    }

    private Optional<ImageConfig> ofEngine(String reference) {
        EngineApi.Reply reply = api.get("/images/" + EngineApi.encoded(reference) + "/json");
        if (reply.notFound()) {
            return Optional.empty();
        }
        if (!reply.ok()) {
            throw new EngineException(
                    "the engine cannot inspect image " + reference + ": " + reply.message(), "");
        }
        return Optional.of(config(reply.body()));
    }

    /** The image of the user's line, pulled as {@code --pull} and {@code --platform} say. */
    public ImageConfig of(ContainerCommand command) {
        String image = command.image();
        Optional<String> platform =
                command.last(RunFlag.PLATFORM)
                        .or(() -> environment.variable("DOCKER_DEFAULT_PLATFORM"))
                        .filter(value -> !value.isEmpty());
        String policy = command.last(RunFlag.PULL).orElse("missing");
        Optional<ImageConfig> present =
                policy.equals("always")
                        ? Optional.empty()
                        : inspect(image).filter(config -> fits(config, platform));
        if (present.isPresent()) {
            return present.get();
        }
        if (policy.equals("never")) {
            throw new EngineException(
                    "No such image: " + image + " (and --pull never forbids to pull it)",
                    "Build or pull it first.");
        }
        pull.pull(image, platform, command.on(RunFlag.QUIET), !policy.equals("always"));
        return inspect(image)
                .orElseThrow(
                        () ->
                                new EngineException(
                                        "image " + image + " was pulled but is not there", ""));
    }

    /**
     * The sidecar's image: pulled when absent.
     *
     * @return by what the engine's API takes it: for podman its id
     */
    public String require(String image) {
        Optional<ImageConfig> present = inspect(image);
        if (present.isEmpty()) {
            pull.pull(image, Optional.empty(), true, true);
            present = inspect(image);
        }
        return runtime == ContainerRuntime.PODMAN
                ? present.map(ImageConfig::id).orElse(image)
                : image;
    }

    /**
     * Whether a container of the image has a file at the path. It takes a container that is never
     * started, which is removed again.
     */
    public boolean has(ImageConfig image, String path, Map<String, String> labels) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("Image", image.id());
        body.putArray("Entrypoint").add(path);
        ObjectNode labelled = body.putObject("Labels");
        labels.forEach(labelled::put);
        EngineApi.Reply created = api.post("/containers/create", body);
        if (!created.ok()) {
            return false;
        }
        String probe = "/containers/" + created.body().path("Id").asText();
        try {
            return api.head(probe + "/archive?path=" + EngineApi.encoded(path)).ok();
        } finally {
            api.delete(probe + "?force=1&v=1");
        }
    }

    private static boolean fits(ImageConfig config, Optional<String> platform) {
        if (platform.isEmpty()) {
            return true;
        }
        String[] parts = platform.get().split("/", -1);
        String system = parts.length > 1 ? parts[0] : config.operatingSystem();
        String architecture = parts.length > 1 ? parts[1] : parts[0];
        return system.equals(config.operatingSystem())
                && normal(architecture).equals(normal(config.architecture()));
    }

    private static String normal(String architecture) {
        return switch (architecture) {
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> architecture;
        };
    }

    private static ImageConfig config(JsonNode image) {
        JsonNode config = image.path("Config");
        Set<String> ports = new TreeSet<>();
        config.path("ExposedPorts").fieldNames().forEachRemaining(ports::add);
        return new ImageConfig(
                image.path("Id").asText(),
                texts(config.path("Entrypoint")),
                texts(config.path("Cmd")),
                texts(config.path("Healthcheck").path("Test")),
                texts(config.path("Shell")),
                ports,
                texts(config.path("Env")),
                config.path("User").asText(""),
                image.path("Os").asText("linux"),
                image.path("Architecture").asText(""));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
