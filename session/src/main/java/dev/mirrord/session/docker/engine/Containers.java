package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.rewrite.Labels;
import dev.mirrord.session.docker.rewrite.NetworkAttachment;
import dev.mirrord.session.docker.rewrite.SharedNamespace;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Containers and volumes of sessions. */
public final class Containers {

    private final EngineApi api;
    private final DockerCli cli;

    Containers(EngineApi api, DockerCli cli) {
        this.api = api;
        this.cli = cli;
    }

    /** Creates the layer container, and with it the layer volume. Returns its id. */
    public String createLayer(SidecarSpec spec) {
        return create(spec.layerName(), SidecarBody.layer(spec), "the layer container");
    }

    /** Creates the sidecar in all its networks; {@link #createLayer} has to come first. */
    public String createSidecar(SidecarSpec spec) {
        String id = create(spec.name(), SidecarBody.sidecar(spec), "the sidecar");
        for (NetworkAttachment network : spec.networks().subList(1, spec.networks().size())) {
            EngineApi.Reply reply =
                    api.post(
                            "/networks/" + EngineApi.encoded(network.name()) + "/connect",
                            SidecarBody.connect(network, id));
            if (!reply.ok()) {
                remove(id);
                throw new EngineException(
                        "the engine cannot connect the sidecar to network "
                                + network.name()
                                + ": "
                                + reply.message(),
                        "");
            }
        }
        return id;
    }

    /**
     * Makes a container that never ran once more, with a health check in exec form. Returns the id
     * of the new one, which has the old one's name; when it cannot be made, the old one stays.
     */
    public String recreate(String container, List<String> healthCheck) {
        JsonNode created = api.get(path(container) + "/json").body();
        String name = withoutSlash(created.path("Name").asText());
        String id = create(name + "-health", Recreation.of(created, healthCheck), "the app");
        remove(container);
        api.post(path(id) + "/rename?name=" + EngineApi.encoded(name), null);
        return id;
    }

    /** What podman's client is told of a running container's network. */
    public SharedNamespace namespace(String container) {
        JsonNode found = api.get(path(container) + "/json").body();
        return new SharedNamespace(
                found.path("NetworkSettings").path("SandboxKey").asText(),
                found.path("ResolvConfPath").asText(),
                found.path("HostsPath").asText(),
                found.path("Config").path("Hostname").asText());
    }

    /** Of a running container's networks: there podman answers for the names on them. */
    public List<String> gateways(String container) {
        JsonNode found = api.get(path(container) + "/json").body();
        List<String> gateways = new ArrayList<>();
        for (JsonNode network : found.path("NetworkSettings").path("Networks")) {
            String gateway = network.path("Gateway").asText("");
            if (!gateway.isEmpty()) {
                gateways.add(gateway);
            }
        }
        return gateways;
    }

    public void start(String container) {
        EngineApi.Reply reply = api.post(path(container) + "/start", null);
        if (!reply.ok()) {
            throw new EngineException(
                    "the engine cannot start " + container + ": " + reply.message(),
                    advice(reply.message()));
        }
    }

    /**
     * Sends a signal, named without SIG, to a container's first process; one that ended is fine.
     */
    public void signal(String container, String signal) {
        api.post(path(container) + "/kill?signal=" + signal, null);
    }

    /** Sends the container's stop signal, and SIGKILL after its stop timeout. */
    public void stop(String container) {
        api.post(path(container) + "/stop", null);
    }

    /** Removes a container with its anonymous volumes, running or not; one that is gone is fine. */
    public void remove(String container) {
        EngineApi.Reply reply = api.delete(path(container) + "?force=1&v=1");
        boolean already = reply.notFound() || reply.status() == 409; // being removed
        if (!reply.ok() && !already) {
            throw new EngineException(
                    "the engine cannot remove " + container + ": " + reply.message(),
                    "Remove it with: docker rm -f -v " + container);
        }
    }

    /** Empty when there is no such container. */
    public Optional<ContainerState> inspect(String container) {
        EngineApi.Reply reply = api.get(path(container) + "/json");
        if (reply.notFound()) {
            return Optional.empty();
        }
        if (!reply.ok()) {
            throw new EngineException(
                    "the engine cannot inspect " + container + ": " + reply.message(), "");
        }
        JsonNode state = reply.body().path("State");
        return Optional.of(
                new ContainerState(
                        reply.body().path("Id").asText(),
                        withoutSlash(reply.body().path("Name").asText()),
                        state.path("Status").asText(),
                        state.path("Running").asBoolean(),
                        state.path("Pid").asLong(),
                        state.path("ExitCode").asInt(),
                        state.path("Error").asText("")));
    }

    /** The last of a container's output, both streams, without the engine's framing. */
    public String logs(String container, int lines) {
        List<String> words = cli.line("logs", "--tail", String.valueOf(lines), container);
        Process process = cli.start(new ProcessBuilder(words).redirectErrorStream(true));
        try {
            return TailReader.of(process.getInputStream()).complete();
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Runs a program in a container and joins its standard streams. */
    public ExecStream exec(String container, String... command) {
        List<String> words = new ArrayList<>(cli.line("exec", "-i", container));
        words.addAll(List.of(command));
        return new ExecStream(cli.start(new ProcessBuilder(words)));
    }

    /** The user's container of a session, once it has been created. */
    public Optional<Leftover.Container> app(String session) {
        return containers(Labels.SESSION + "=" + session).stream()
                .filter(container -> !container.ours())
                .findFirst();
    }

    /** Everything of any session, apps included. */
    public List<Leftover> leftovers() {
        List<Leftover> found = new ArrayList<>(containers(Labels.SESSION));
        found.addAll(volumes(filter(Labels.SESSION)));
        return found;
    }

    /** Containers of one owner's sessions, apps included. */
    public List<Leftover.Container> containersOf(String owner) {
        return containers(Labels.OWNER + "=" + owner);
    }

    /** Volumes of one owner's sessions that no container has. */
    public List<Leftover.Volume> unusedVolumesOf(String owner) {
        return volumes(
                "&filters="
                        + EngineApi.encoded(
                                "{\"dangling\":[\"true\"],\"label\":[\"%s=%s\"]}"
                                        .formatted(Labels.OWNER, owner)));
    }

    /** Removes a volume; one that is still in use stays. */
    public void removeVolume(String name) {
        api.delete("/volumes/" + EngineApi.encoded(name));
    }

    /**
     * Removes what the session itself made: its containers, then its volume unless the app's
     * container still has it, which then goes with that one.
     */
    public void removeSession(String session) {
        String label = Labels.SESSION + "=" + session;
        containers(label).stream()
                .filter(Leftover.Container::ours)
                .forEach(container -> remove(container.id()));
        for (Leftover.Volume volume : volumes(filter(label))) {
            removeVolume(volume.name());
        }
    }

    private List<Leftover.Container> containers(String label) {
        List<Leftover.Container> found = new ArrayList<>();
        for (JsonNode entry : api.get("/containers/json?all=1" + filter(label)).body()) {
            found.add(
                    new Leftover.Container(
                            entry.path("Labels").path(Labels.SESSION).asText(),
                            entry.path("Id").asText(),
                            withoutSlash(entry.path("Names").path(0).asText()),
                            entry.path("State").asText()));
        }
        return found;
    }

    private List<Leftover.Volume> volumes(String filter) {
        List<Leftover.Volume> found = new ArrayList<>();
        JsonNode volumes = api.get("/volumes?" + filter.substring(1)).body().path("Volumes");
        for (JsonNode entry : volumes) {
            found.add(
                    new Leftover.Volume(
                            entry.path("Labels").path(Labels.SESSION).asText(),
                            entry.path("Name").asText()));
        }
        return found;
    }

    private static String filter(String label) {
        return "&filters=" + EngineApi.encoded("{\"label\":[\"" + label + "\"]}");
    }

    private String create(String name, ObjectNode body, String what) {
        EngineApi.Reply reply = api.post("/containers/create?name=" + name, body);
        if (!reply.ok()) {
            throw new EngineException(
                    "the engine cannot create " + what + " " + name + ": " + reply.message(),
                    advice(reply.message()));
        }
        return reply.body().path("Id").asText();
    }

    private static String advice(String why) {
        if (why.contains("port is already allocated") || why.contains("address already in use")) {
            return "Stop what uses the port, or publish another with -p.";
        }
        return why.contains("/dev/fuse")
                ? "Only the target's files need /dev/fuse: load it on the engine's host (modprobe"
                        + " fuse), or do without them (--fs-mode local)."
                : "";
    }

    private static String path(String container) {
        return "/containers/" + EngineApi.encoded(container);
    }

    private static String withoutSlash(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }
}
