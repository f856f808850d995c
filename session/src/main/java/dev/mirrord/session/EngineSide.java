package dev.mirrord.session;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.engine.ClientEnvironment;
import dev.mirrord.session.docker.engine.ContainerState;
import dev.mirrord.session.docker.engine.DockerCli;
import dev.mirrord.session.docker.engine.Endpoint;
import dev.mirrord.session.docker.engine.Engine;
import dev.mirrord.session.docker.engine.ExecStream;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.RelayMount;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.Rewriter;
import dev.mirrord.session.docker.rewrite.SessionFacts;
import dev.mirrord.session.docker.rewrite.SharedNamespace;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import dev.mirrord.session.sidecar.ControlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session makes on the user's engine: the layer container, the sidecar, and the app's
 * command line.
 */
final class EngineSide implements AutoCloseable {
    /** Where the sidecar answers what Docker's embedded DNS asks of its upstream. */
    static final String DNS_UPSTREAM = "127.0.0.153";

    /** Docker's, in every namespace on a network that the user has made. */
    static final String EMBEDDED_DNS = "127.0.0.11";

    /** The namespace needs IPv6; answers to DNS queries come from port 53. */
    private static final Map<String, String> SYSCTLS =
            Map.of(
                    "net.ipv6.conf.all.disable_ipv6", "0",
                    "net.ipv6.conf.default.disable_ipv6", "0",
                    "net.ipv4.ip_unprivileged_port_start", "0");

    private final SessionId id;
    private final SessionRequest request;
    private final ContainerCommand command;
    private final Engine engine;
    private final SessionLog log;
    private volatile String sidecar;
    private volatile String sidecarImage;
    private volatile boolean attached;
    private volatile @Nullable ControlServer arrivals;

    EngineSide(SessionId id, SessionRequest request, ContainerCommand command, SessionLog log) {
        this.id = id;
        this.request = request;
        this.command = command;
        this.log = log;
        this.sidecar = "mirrord-" + id + "-sidecar";
        this.sidecarImage = request.config().container().image().orElse(Product.SIDECAR_IMAGE);
        this.engine = Engine.of(command, ClientEnvironment.ofThisProcess());
    }

    /** Finds the app's image, and makes sure of the sidecar's. */
    ImageConfig findImages() {
        ImageConfig image = engine.images().of(command);
        sidecarImage = engine.images().require(sidecarImage);
        return image;
    }

    /** Computes what will run; {@code hostname} is the target's. */
    Rewrite rewrite(ImageConfig image, Optional<String> hostname, Optional<String> relayDirectory) {
        SessionFacts facts = facts(hostname, relayDirectory);
        return Rewriter.rewrite(
                command, image, facts, path -> engine.images().has(image, path, facts.labels()));
    }

    /** Makes the layer volume. */
    void createLayer(Rewrite rewrite) {
        engine.containers().createLayer(rewrite.sidecar());
        log.line("layer created", "session", id);
    }

    /** Creates and starts the sidecar. */
    void startSidecar(SidecarSpec spec, SessionOutput output) {
        String made =
                output.follow(
                        SessionOutput.Step.SIDECAR,
                        () -> {
                            spec.relay().ifPresent(this::awaitSidecar);
                            String container = engine.containers().createSidecar(spec);
                            sidecar = spec.name();
                            engine.containers().start(container);
                            return container;
                        },
                        _ -> spec.name());
        log.line("sidecar started", "session", id, "container", made);
    }

    private void awaitSidecar(RelayMount relay) {
        Path socket = Path.of(relay.directory(), relay.control());
        try {
            arrivals = ControlServer.listen(socket);
            SessionDirectory.restrict(socket, "rw-rw-rw-");
        } catch (IOException e) {
            log.failure("the sidecar cannot come", e);
        }
    }

    /** A process of the sidecar's that comes to this host; empty when none does. */
    Optional<ControlServer.Arrival> arrival(long milliseconds) {
        ControlServer awaited = arrivals;
        return awaited == null ? Optional.empty() : awaited.await(milliseconds);
    }

    /** From now on a process that comes is refused, and listens itself. */
    void awaitNobody() {
        ControlServer awaited = arrivals;
        if (awaited != null) {
            awaited.close();
        }
    }

    /** How the app's line is run. */
    AppCommand plan(Rewrite rewrite) {
        return engine.isPodman() ? AppCommand.atOnce(rewrite) : AppCommand.of(command, rewrite);
    }

    /** The app's line beside the running sidecar. */
    AppCommand joined(AppCommand app) {
        return engine.isPodman() ? app.beside(engine.containers().namespace(sidecar)) : app;
    }

    /** Who knows the names of the engine's own networks; asked where the user named one. */
    List<String> nameservers() {
        return engine.isPodman() ? engine.containers().gateways(sidecar) : List.of(EMBEDDED_DNS);
    }

    /** The same where no sidecar runs, for showing. */
    AppCommand shown(AppCommand app) {
        return engine.isPodman()
                ? app.withRewrite(app.rewrite().joined(SharedNamespace.SHOWN))
                : app;
    }

    /** Takes a sidecar that somebody else has made and started, without the relay's directory. */
    void attach(String container) {
        sidecar = container;
        attached = true;
    }

    /** The sidecar's socket {@code name}, through the engine. */
    ExecStream relay(String name) {
        return engine.containers().exec(sidecar, "/mirrord/relay", name);
    }

    String sidecarLog() {
        return engine.containers().logs(sidecar, 20);
    }

    /** The layer container has done its work as soon as the app's container exists. */
    void removeLayer() {
        engine.containers().remove("mirrord-" + id + "-layer");
    }

    /** Removes the app's container too when it never ran its program. */
    void removeApp() {
        engine.containers().app(id.value()).ifPresent(app -> engine.containers().remove(app.id()));
    }

    /** Removes what the session made, and the app's container if it never ran. */
    void removeAll() {
        if (isAppUnstarted()) {
            removeApp();
        }
        engine.containers().removeSession(id.value());
        log.line("containers removed", "session", id);
    }

    /**
     * True when a directory of this host may be mounted into containers: the engine is behind a
     * unix socket here. An engine in a VM looks the same; there the probe of the relay's socket
     * fails.
     */
    boolean sharesFiles() {
        return !attached
                && (engine.endpoint() instanceof Endpoint.UnixSocket
                        || engine.endpoint() instanceof Endpoint.OwnService)
                && !"exec".equals(System.getenv("MIRRORD_RELAY"));
    }

    /** Sends a signal to the app's container, as docker's client does. */
    void signalApp(String container, String signal) {
        engine.containers().signal(container, signal);
    }

    /** What the app's container does now; empty when it was removed. */
    Optional<ContainerState> app(String container) {
        return engine.containers().inspect(container);
    }

    /** Ends the app as docker stop does; one that has ended is fine. */
    void stopApp(String container) {
        engine.containers().stop(container);
    }

    /** Makes the app's container once more, with a health check in exec form. */
    String recreateApp(String container, List<String> healthCheck) {
        return engine.containers().recreate(container, healthCheck);
    }

    /** True while the sidecar's container runs, be its process just dead or alive. */
    boolean isSidecarRunning() {
        return engine.containers().inspect(sidecar).filter(state -> state.running()).isPresent();
    }

    /** True while the app's container runs. */
    boolean isAppRunning(String container) {
        return engine.containers().inspect(container).filter(state -> state.running()).isPresent();
    }

    /** The line that follows a running container again. */
    List<String> attachLine(String container) {
        return DockerCli.of(command).line("attach", container);
    }

    /** True while the app's container was created and has never run. */
    boolean isAppUnstarted() {
        return engine.containers()
                .app(id.value())
                .filter(app -> app.state().equals("created"))
                .isPresent();
    }

    @Override
    public void close() {
        awaitNobody();
        engine.close();
    }

    private SessionFacts facts(Optional<String> hostname, Optional<String> relayDirectory) {
        return new SessionFacts(
                id.value(),
                Product.owner(),
                sidecarImage,
                hostname,
                request.config().feature().network().dns().enabled()
                        ? Optional.of(DNS_UPSTREAM)
                        : Optional.empty(),
                List.of(),
                SYSCTLS,
                TargetFiles.capabilities(request.config().feature().files()),
                relayDirectory,
                true,
                request.config().pidOne());
    }
}
