package dev.mirrord.session.docker.engine;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.GlobalOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the endpoint as the docker CLI does: {@code --context}, {@code -H}, {@code DOCKER_HOST},
 * {@code DOCKER_CONTEXT}, the configuration's {@code currentContext}, the default socket.
 */
public final class EndpointFinder {

    private static final String DEFAULT_CONTEXT = "default";

    private final ClientEnvironment environment;

    public EndpointFinder(ClientEnvironment environment) {
        this.environment = environment;
    }

    public Endpoint find(ContainerRuntime runtime, GlobalOptions globals) {
        return switch (runtime) {
            case DOCKER -> docker(globals);
            case PODMAN -> podman(globals);
            case NERDCTL ->
                    throw new EngineException(
                            "nerdctl has no Docker API, which a session needs",
                            "Use docker or podman.");
        };
    }

    private Endpoint docker(GlobalOptions globals) {
        boolean tls =
                globals.tls()
                        || environment.variable("DOCKER_TLS_VERIFY").isPresent()
                        || environment.variable("DOCKER_TLS").isPresent();
        if (globals.host().isPresent()) {
            return ofHost(globals.host().get(), tls);
        }
        DockerConfig config = new DockerConfig(configDirectory(globals));
        if (globals.context().isPresent()) {
            return ofContext(config, globals.context().get(), "--context", tls);
        }
        Optional<String> host = environment.variable("DOCKER_HOST");
        if (host.isPresent()) {
            return ofHost(host.get(), tls);
        }
        Optional<String> context = environment.variable("DOCKER_CONTEXT");
        if (context.isPresent()) {
            return ofContext(config, context.get(), "DOCKER_CONTEXT", tls);
        }
        return config.currentContext()
                .map(name -> ofContext(config, name, "currentContext", tls))
                .orElseGet(() -> ofHost("", tls));
    }

    private Endpoint ofContext(DockerConfig config, String name, String source, boolean tls) {
        if (name.equals(DEFAULT_CONTEXT)) {
            return ofHost(environment.variable("DOCKER_HOST").orElse(""), tls);
        }
        DockerConfig.Context context =
                config.context(name).orElseThrow(() -> noContext(config, name, source));
        return ofHost(context.host(), context.tls());
    }

    private static EngineException noContext(DockerConfig config, String name, String source) {
        return new EngineException(
                "docker context \"%s\" (from %s) does not exist in %s"
                        .formatted(name, source, config.directory()),
                "'docker context ls' lists them.");
    }

    private Endpoint ofHost(String value, boolean tls) {
        String host = value.strip();
        if (host.isEmpty()) {
            return environment.platform() == ClientEnvironment.Platform.WINDOWS
                    ? new Endpoint.ThroughClient("npipe:////./pipe/docker_engine")
                    : new Endpoint.UnixSocket(Path.of("/var/run/docker.sock"));
        }
        if (host.startsWith("unix://")) {
            return new Endpoint.UnixSocket(Path.of(host.substring("unix://".length())));
        }
        boolean plain = !tls && (host.startsWith("tcp://") || !host.contains("://"));
        return plain ? tcp(host) : new Endpoint.ThroughClient(host);
    }

    private static Endpoint tcp(String host) {
        String address = host.startsWith("tcp://") ? host.substring("tcp://".length()) : host;
        int end = address.indexOf('/');
        String authority = end < 0 ? address : address.substring(0, end);
        int colon = authority.lastIndexOf(':');
        boolean portGiven = colon >= 0 && authority.indexOf(']') < colon;
        String port = portGiven ? authority.substring(colon + 1) : "2375";
        String name =
                (portGiven ? authority.substring(0, colon) : authority).replaceAll("[\\[\\]]", "");
        if (!port.matches("[0-9]{1,5}") || (end >= 0 && end < address.length() - 1)) {
            return new Endpoint.ThroughClient(host);
        }
        return new Endpoint.PlainTcp(name.isEmpty() ? "127.0.0.1" : name, Integer.parseInt(port));
    }

    private Path configDirectory(GlobalOptions globals) {
        return globals.config()
                .or(() -> environment.variable("DOCKER_CONFIG"))
                .map(Path::of)
                .orElseGet(() -> environment.home().resolve(".docker"));
    }

    /**
     * Podman needs no service: its client works on the store itself. A socket is used where it is
     * the client's own engine too, that is, where no option chooses another store.
     */
    private Endpoint podman(GlobalOptions globals) {
        if (globals.remote()
                || environment.variable("CONTAINER_CONNECTION").isPresent()
                || environment.platform() != ClientEnvironment.Platform.LINUX) {
            return new Endpoint.ThroughClient(
                    "podman " + String.join(" ", globals.words()).strip());
        }
        Optional<String> host = environment.variable("CONTAINER_HOST");
        if (host.isPresent()) {
            return ofHost(host.get(), false);
        }
        if (!globals.options().isEmpty()) {
            return new Endpoint.OwnService();
        }
        return environment
                .variable("XDG_RUNTIME_DIR")
                .filter(folder -> !environment.root())
                .map(folder -> Path.of(folder, "podman", "podman.sock"))
                .or(
                        () ->
                                environment.root()
                                        ? Optional.of(Path.of("/run/podman/podman.sock"))
                                        : Optional.empty())
                .filter(environment::answers)
                .map(path -> (Endpoint) new Endpoint.UnixSocket(path))
                .orElseGet(Endpoint.OwnService::new);
    }
}
