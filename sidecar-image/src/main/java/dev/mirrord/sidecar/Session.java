package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.environment.EnvironmentPlan;
import dev.mirrord.config.environment.Operation;
import dev.mirrord.config.files.FilePolicy;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.DetachedTree;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.control.Bootstrap;
import dev.mirrord.sidecar.control.Control;
import dev.mirrord.sidecar.control.ControlListener;
import dev.mirrord.sidecar.dns.ResolvConf;
import dev.mirrord.sidecar.files.TargetFiles;
import dev.mirrord.sidecar.launcher.LauncherRole;
import dev.mirrord.sidecar.launcher.Launchers;
import dev.mirrord.sidecar.launcher.LaunchersListener;
import dev.mirrord.sidecar.target.HostFiles;
import dev.mirrord.sidecar.target.TargetFacts;
import dev.mirrord.sidecar.tunnel.Query;
import dev.mirrord.sidecar.tunnel.RelayDialer;
import dev.mirrord.sidecar.tunnel.Tunnels;
import dev.mirrord.sidecar.tunnel.TunnelsListener;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The one session of this process. All its state belongs to one thread; events are handed to it.
 *
 * <pre>
 *   control connects --bootstrap--&gt; rules, sockets --&gt; ready
 *   --agent--&gt; tunnels --&gt; environment and facts of the target --&gt; context to the launchers --&gt; connected
 *   --certificate--&gt; the tunnels' is the agent's, or the session fails
 *   --control closed | end | tunnels lost--&gt; END to the launchers --&gt; they have gone --&gt; exit
 * </pre>
 */
final class Session implements ControlListener, TunnelsListener, LaunchersListener {
    private final Executor thread;
    private final Paths paths;
    private final CompletableFuture<Prepared> prepared;
    private final Control control;
    private final Ending ending;
    private final Launchers launchers = new Launchers(this);
    private final Counters counters = new Counters();
    private final Queue<Channel> brought = new ArrayDeque<>();
    private volatile @Nullable Tunnels tunnels;
    private @Nullable RelayDialer dialer;
    private @Nullable Bootstrap bootstrap;
    private @Nullable Network network;
    private Set<Integer> declaredPorts = Set.of();
    private List<TargetMount> volumes = List.of();
    private boolean asked;
    private boolean connected;

    Session(
            Executor thread,
            Paths paths,
            CompletableFuture<Prepared> prepared,
            Control control,
            Ending ending) {
        this.thread = thread;
        this.paths = paths;
        this.prepared = prepared;
        this.control = control;
        this.ending = ending;
    }

    @Override
    public void onMessage(String type, JsonNode message) {
        thread.execute(
                () -> {
                    try {
                        handle(type, message);
                    } catch (SidecarFailure | IllegalArgumentException e) {
                        fail(String.valueOf(e.getMessage()));
                    } catch (SSLException e) {
                        fail("the session's certificate cannot be used: " + e.getMessage());
                    } catch (RuntimeException e) {
                        // A fault of ours: the user shall see it, and nobody shall wait for us.
                        fail("the sidecar failed: " + e);
                    }
                });
    }

    @Override
    public void onClosed() {
        thread.execute(() -> end("mirrord: the session is over: the mirrord command has ended"));
    }

    /** The CLI brought a connection to the agent. */
    void onTunnelChannel(Channel channel) {
        thread.execute(
                () -> {
                    Tunnels all = tunnels;
                    if (all == null) {
                        brought.add(channel);
                    } else {
                        take(channel, all);
                    }
                });
    }

    @Override
    public void onTunnel() {
        thread.execute(
                () -> {
                    if (network != null) {
                        network.onTunnel();
                    }
                    askTarget();
                });
    }

    @Override
    public void onLost(String text) {
        thread.execute(() -> fail("the connection to the agent is lost: " + text));
    }

    @Override
    public void onLauncher(LauncherRole role, long pid) {
        control.send(Json.message("launcher").put("role", role.code()).put("pid", pid));
    }

    @Override
    public void onGone(int remaining) {
        control.send(Json.message("launcherGone").put("remaining", remaining));
    }

    private void handle(String type, JsonNode message) throws SSLException {
        switch (type) {
            case "bootstrap" -> bootstrap(Bootstrap.parse(message));
            case "agent" -> agent(message);
            case "certificate" -> certificate(message);
            case "abort" ->
                    launchers.abort(
                            message.path("exitCode").asInt(125), message.path("text").asText());
            case "end" -> {
                control.send(counters.addTo(Json.message("summary")));
                end(message.path("text").asText());
            }
            default -> throw new IllegalArgumentException("unknown control message " + type);
        }
    }

    private void bootstrap(Bootstrap message) {
        if (bootstrap != null) {
            throw new IllegalArgumentException("a second bootstrap for this session");
        }
        bootstrap = message;
        network =
                new Network(
                        message, Failures.await(prepared), this::pick, control::notice, counters);
        launchers.open(paths.launcher());
        control.send(Json.message("ready"));
        Log.line("ready", "session", message.session(), "milliseconds", ending.age());
    }

    private void agent(JsonNode message) throws SSLException {
        Bootstrap known = bootstrap;
        Network net = network;
        if (known == null || net == null) {
            throw new IllegalArgumentException("agent before bootstrap");
        }
        declaredPorts = new HashSet<>(Json.numbers(message.path("declaredPorts")));
        volumes = volumes(message.path("volumes"));
        net.probes(Json.textsByNumber(message.path("probes")));
        if (dialer != null) {
            dialer.stop();
        }
        Tunnels old = tunnels;
        if (old != null) {
            old.close();
        }
        Tunnels all = new Tunnels(known.identity(), net.connector(), this);
        tunnels = all;
        if (message.has("certificateSha256")) {
            certificate(message);
        }
        if (known.relaySocket()) {
            dialer = new RelayDialer(paths.relay().toString(), all);
            dialer.start(known.tunnels());
        }
        for (Channel each = brought.poll(); each != null; each = brought.poll()) {
            take(each, all);
        }
    }

    private static List<TargetMount> volumes(JsonNode list) {
        List<TargetMount> volumes = new ArrayList<>();
        list.forEach(
                each ->
                        volumes.add(
                                new TargetMount(
                                        each.path("path").asText(),
                                        each.path("fixed").asBoolean())));
        return volumes;
    }

    /** What the agent's log says, which the CLI reads through the API server. */
    private void certificate(JsonNode message) {
        Fingerprint agent = new Fingerprint(message.path("certificateSha256").asText());
        Tunnels all = tunnels;
        if (all == null) {
            throw new IllegalArgumentException("certificate before agent");
        }
        if (!all.verify(agent)) {
            fail(
                    "somebody else answers in the agent's place: the certificate is not the one in"
                            + " the agent's log");
        }
    }

    private static void take(Channel channel, Tunnels all) {
        channel.eventLoop().execute(() -> all.add(channel, () -> {}));
    }

    Optional<Tunnel> pick() {
        Tunnels all = tunnels;
        return all == null ? Optional.empty() : all.pick();
    }

    /** Once there is a tunnel, and again when it was lost before the answer. */
    private void askTarget() {
        Optional<Tunnel> tunnel = pick();
        if (connected || asked || tunnel.isEmpty()) {
            return;
        }
        asked = true;
        CompletableFuture<byte[]> environment = Query.ask(tunnel.get(), "environment");
        CompletableFuture<byte[]> target = Query.ask(tunnel.get(), "target");
        environment
                .thenCombine(
                        target, (environ, facts) -> new Answers(environ, TargetFacts.parse(facts)))
                .whenCompleteAsync(this::answered, thread);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answers(byte[] environ, TargetFacts facts) {}

    private void answered(@Nullable Answers answers, @Nullable Throwable error) {
        asked = false;
        try {
            if (answers != null) {
                connected(answers.environ(), answers.facts());
            } else if (error != null && !Failures.isLoss(error)) {
                fail(Failures.text(error));
            } else {
                askTarget();
            }
        } catch (SidecarFailure e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void connected(byte[] environ, TargetFacts facts) {
        Bootstrap known = bootstrap;
        Network net = network;
        if (known == null || net == null || connected) {
            return;
        }
        connected = true;
        ResolvConf resolver =
                ResolvConf.parse(facts.resolvConf())
                        .with(known.searchDomains(), known.resolverOptions());
        net.target(facts, resolver, declaredPorts);
        if (known.config().network().dns().enabled()) {
            new HostFiles(paths.etc())
                    .write(resolver, facts.hosts(), Failures.await(prepared).facts().addresses());
        }
        mountFiles(known);
        List<Operation> operations =
                EnvironmentPlan.operations(
                        known.config().environment(), environ, known.userEnvironment());
        launchers.context(operations);
        control.send(Json.message("connected"));
        Log.line("connected", "session", known.session(), "milliseconds", ending.age());
        net.watchPorts();
    }

    private void mountFiles(Bootstrap known) {
        if (!known.files()) {
            return;
        }
        try {
            // It ends with this process: apps that still have files open may read them until then.
            TargetFiles.mount(paths.target(), this::pick, control::notice);
        } catch (IOException e) {
            throw new SidecarFailure(String.valueOf(e.getMessage()), e);
        }
        try {
            launchers.files(
                    FilePolicy.of(known.config().files(), volumes).encode(),
                    DetachedTree.open(paths.target()));
        } catch (ErrnoException e) {
            throw new SidecarFailure(
                    "the sidecar cannot hand out the target's files: " + e.getMessage(), e);
        }
        Log.line("files mounted", "milliseconds", ending.age());
    }

    private void fail(String text) {
        Log.line("failed", "why", text);
        control.send(Json.message("failed").put("text", text));
        launchers.abort(125, "mirrord: " + text);
        end("mirrord: " + text);
    }

    private void end(String text) {
        if (dialer != null) {
            dialer.stop();
        }
        launchers.end(text);
        ending.begin(launchers, control);
    }
}
