package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.environment.EnvironmentPlan;
import dev.mirrord.config.environment.Operation;
import dev.mirrord.config.files.FilePolicy;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.DetachedTree;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.control.Bootstrap;
import dev.mirrord.sidecar.control.Control;
import dev.mirrord.sidecar.control.ControlListener;
import dev.mirrord.sidecar.control.SocketDoor;
import dev.mirrord.sidecar.dns.ResolvConf;
import dev.mirrord.sidecar.files.TargetFiles;
import dev.mirrord.sidecar.files.VolumeDoor;
import dev.mirrord.sidecar.launcher.LauncherRole;
import dev.mirrord.sidecar.launcher.Launchers;
import dev.mirrord.sidecar.launcher.LaunchersListener;
import dev.mirrord.sidecar.outgoing.UnixDoor;
import dev.mirrord.sidecar.target.HostFiles;
import dev.mirrord.sidecar.target.TargetFacts;
import dev.mirrord.sidecar.tunnel.Agent;
import dev.mirrord.sidecar.tunnel.Agents;
import dev.mirrord.sidecar.tunnel.AgentsListener;
import dev.mirrord.sidecar.tunnel.Query;
import dev.mirrord.sidecar.watch.WatchDoor;
import dev.mirrord.sidecar.watch.Watches;
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
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The one session of this process. All its state belongs to one thread; events are handed to it.
 *
 * <pre>
 *   control connects --bootstrap--&gt; sockets, rules --&gt; ready
 *   --agent--&gt; tunnels --&gt; environment and facts of the target; ready --&gt; context to the launchers --&gt; connected
 *   --certificate--&gt; the tunnels' is the agent's, or the session fails
 *   --agent, agentGone--&gt; more agents for more pods of the target, or fewer
 *   --control closed | end | last agent lost--&gt; END to the launchers --&gt; they have gone --&gt; exit
 * </pre>
 */
final class Session implements ControlListener, AgentsListener, LaunchersListener {
    /** The agent of the pod that the app stands in for at first. */
    private static final String FIRST = "1";

    /** How long the app goes on without any agent. */
    private static final int WITHOUT_AGENT_SECONDS = 20;

    /** How long the primary may be silent before another takes over for good. */
    private static final int SILENCE_SECONDS = 2;

    private final Executor thread;
    private final Paths paths;
    private final CompletableFuture<Prepared> prepared;
    private final Control control;
    private final Ending ending;
    private final Launchers launchers = new Launchers(this);
    private final Counters counters = new Counters();
    private final Queue<Channel> brought = new ArrayDeque<>();
    private volatile @Nullable Agents agents;
    private @Nullable Bootstrap bootstrap;
    private @Nullable Network network;
    private CompletableFuture<Void> ready = new CompletableFuture<>();
    private Set<Integer> declaredPorts = Set.of();
    private List<TargetMount> volumes = List.of();
    private boolean asked;
    private boolean connected;
    private boolean failed;
    private @Nullable Watches watches;

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
                    Agents all = agents;
                    if (all == null) {
                        brought.add(channel);
                    } else {
                        all.take(FIRST, channel);
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
    public void onSilent(Agent agent) {
        EventLoops.next()
                .schedule(
                        () -> thread.execute(() -> replace(agent)),
                        SILENCE_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** Takes the next agent as primary unless this one answers again. */
    private void replace(Agent silent) {
        Agents all = agents;
        if (all != null && silent.pick().isEmpty()) {
            all.replace(silent).ifPresent(next -> tellNext(silent, "it does not answer", next));
        }
    }

    @Override
    public void onLost(Agent agent, boolean wasPrimary, String text) {
        thread.execute(() -> lost(agent, wasPrimary, text));
    }

    private void gone(JsonNode message) {
        Agents all = agents;
        if (all != null) {
            all.find(message.path("agent").asText(FIRST))
                    .ifPresent(
                            agent -> {
                                boolean wasPrimary = all.primary().orElse(null) == agent;
                                all.remove(agent.id());
                                lost(agent, wasPrimary, message.path("text").asText());
                            });
        }
    }

    private void lost(Agent agent, boolean wasPrimary, String text) {
        Log.line("agent lost", "agent", agent.id(), "pod", agent.pod(), "why", text);
        control.send(Json.message("agentLost").put("agent", agent.id()).put("text", text));
        Agents all = agents;
        Bootstrap known = bootstrap;
        if (all == null || known == null) {
            return;
        }
        Optional<Agent> next = all.primary();
        if (next.isPresent()) {
            if (wasPrimary) {
                tellNext(agent, text, next.get());
            }
        } else if (!known.replicas() || !connected) {
            fail("the connection to the agent is lost: " + text);
        } else {
            control.notice(
                    "pod %s is lost (%s): waiting up to %d s for another"
                            .formatted(agent.pod(), text, WITHOUT_AGENT_SECONDS));
            EventLoops.next()
                    .schedule(
                            () -> thread.execute(() -> requireAgent(text)),
                            WITHOUT_AGENT_SECONDS,
                            TimeUnit.SECONDS);
        }
    }

    private void requireAgent(String text) {
        Agents all = agents;
        if (all == null || all.primary().isEmpty()) {
            fail("no pod of the target is left: " + text);
        }
    }

    private void tellNext(Agent old, String why, Agent next) {
        if (!old.pod().equals(next.pod())) {
            control.notice(
                    "pod %s is lost (%s): outgoing connections and DNS go through pod %s now, those under way were reset"
                            .formatted(old.pod(), why, next.pod()));
        }
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
            case "agentGone" -> gone(message);
            case "abort" ->
                    launchers.abort(
                            message.path("exitCode").asInt(125), message.path("text").asText());
            case "end" -> {
                control.send(counters.addTo(Json.message("summary")));
                String text = message.path("text").asText();
                if (!text.isBlank()) {
                    Log.line("ended", "why", text);
                }
                end(text);
            }
            default -> throw new IllegalArgumentException("unknown control message " + type);
        }
    }

    private void bootstrap(Bootstrap message) {
        if (bootstrap != null) {
            throw new IllegalArgumentException("a second bootstrap for this session");
        }
        bootstrap = message;
        Network made =
                new Network(
                        message, Failures.await(prepared), this::pick, control::notice, counters);
        network = made;
        launchers.open(paths.launcher());
        ready = made.installed().thenRunAsync(() -> ready(message.session()), thread);
        ready.exceptionallyAsync(
                error -> {
                    fail(Failures.text(error));
                    return null;
                },
                thread);
    }

    private void ready(String session) {
        control.send(Json.message("ready"));
        Log.line("ready", "session", session, "milliseconds", ending.age());
    }

    private void agent(JsonNode message) throws SSLException {
        Bootstrap known = bootstrap;
        Network net = network;
        if (known == null || net == null) {
            throw new IllegalArgumentException("agent before bootstrap");
        }
        if (!connected) {
            declaredPorts = new HashSet<>(Json.numbers(message.path("declaredPorts")));
            volumes = volumes(message.path("volumes"));
            net.probes(Json.textsByNumber(message.path("probes")));
        }
        Agents all = agents;
        if (all == null) {
            all =
                    new Agents(
                            known.session(),
                            known.identity(),
                            net.connector(),
                            this,
                            known.replicas());
            agents = all;
            net.agents(all);
        }
        String id = message.path("agent").asText(FIRST);
        boolean replaced = all.primary().isEmpty() && connected;
        Agent added =
                all.add(
                        id,
                        message.path("pod").asText(),
                        known.relaySocket() ? paths.relay(id).toString() : null,
                        known.tunnels());
        if (message.has("certificateSha256")) {
            certificate(message);
        }
        if (!id.equals(FIRST)) {
            SocketDoor.openTunnels(paths.tunnel(id), channel -> take(id, channel));
        }
        if (replaced) {
            control.notice("pod %s has taken over".formatted(added.pod()));
        }
        for (Channel each = brought.poll(); each != null; each = brought.poll()) {
            all.take(FIRST, each);
        }
    }

    private void take(String id, Channel channel) {
        Agents all = agents;
        if (all != null) {
            all.take(id, channel);
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
        Agents all = agents;
        if (all == null) {
            throw new IllegalArgumentException("certificate before agent");
        }
        if (!all.verify(message.path("agent").asText(FIRST), agent)) {
            fail(
                    "somebody else answers in the agent's place: the certificate is not the one in"
                            + " the agent's log");
        }
    }

    Optional<Tunnel> pick() {
        Agents all = agents;
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
                .thenCombine(ready, (answers, _) -> answers)
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
        List<String> unixStreams = known.config().network().outgoing().unixStreams();
        if (!unixStreams.isEmpty()) {
            new UnixDoor(this::pick).open(paths.layer());
        }
        mountFiles(known, unixStreams);
        List<Operation> operations =
                EnvironmentPlan.operations(
                        known.config().environment(), environ, known.userEnvironment());
        launchers.context(operations);
        control.send(Json.message("connected"));
        Log.line("connected", "session", known.session(), "milliseconds", ending.age());
        net.watchPorts();
    }

    private void mountFiles(Bootstrap known, List<String> unixStreams) {
        FileRules rules = known.config().files();
        byte[] policy = FilePolicy.of(rules, volumes).encode(unixStreams);
        TargetFiles files = known.files() ? mountTree(rules) : null;
        if (files == null || !rules.wanted()) {
            if (!unixStreams.isEmpty()) {
                launchers.withoutFiles(rules.engine(), policy);
            }
            return;
        }
        try {
            // Calls below an open directory are the kernel's alone: there they meet the rule by
            // which the directory was opened.
            int readOnly = DetachedTree.openReadOnly(paths.target());
            if (rules.writable()) {
                int changeable = DetachedTree.open(paths.target());
                launchers.files(rules.engine(), policy, readOnly, changeable);
            } else {
                launchers.files(rules.engine(), policy, readOnly);
            }
        } catch (ErrnoException e) {
            throw new SidecarFailure(
                    "the sidecar cannot hand out the target's files: " + e.getMessage(), e);
        }
        WatchDoor.open(paths.layer(), () -> watches(files));
    }

    /** Made for the first who asks: most apps watch nothing. */
    private synchronized Watches watches(TargetFiles files) {
        Watches made = watches;
        if (made == null) {
            made = new Watches(files.view(), paths.target(), paths.watched(), control::notice);
            watches = made;
        }
        return made;
    }

    private TargetFiles mountTree(FileRules rules) {
        TargetFiles files;
        try {
            // It ends with this process: apps that still have files open may read them until then.
            files = TargetFiles.mount(paths.target(), this::pick, control::notice);
        } catch (IOException e) {
            throw new SidecarFailure(String.valueOf(e.getMessage()), e);
        }
        Log.line("files mounted", "milliseconds", ending.age());
        if (rules.volumes() != FileVolumes.OFF) {
            new VolumeDoor(paths.target(), volumes, rules.volumes()).open(paths.volumes());
            launchers.withVolumes();
        }
        return files;
    }

    private void fail(String text) {
        if (failed) {
            return;
        }
        failed = true;
        Log.line("failed", "why", text);
        control.send(Json.message("failed").put("text", text));
        launchers.abort(125, "mirrord: " + text);
        end("mirrord: " + text);
    }

    private void end(String text) {
        if (agents != null) {
            agents.stopDialing();
        }
        launchers.end(text);
        ending.begin(launchers, control);
    }
}
