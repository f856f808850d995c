package dev.mirrord.session;

import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.sidecar.LastingControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An agent for one context: it comes and goes with it. */
final class OwnAgent implements ContextAgent {
    private final SessionId id;
    private final SessionRequest request;
    private final SessionDirectory directory;
    private final SessionLog log;
    private final ClusterSide cluster;
    private final CompletableFuture<@Nullable Void> wanted = new CompletableFuture<>();
    private final CompletableFuture<ClusterSide.Resolved> target;
    private final CompletableFuture<SessionIdentity> identity;
    private final CompletableFuture<ClusterSide.Agent> agent;

    OwnAgent(
            SessionId id,
            SessionRequest request,
            SessionDirectory directory,
            SessionLog log,
            SessionOutput output) {
        this.id = id;
        this.request = request;
        this.directory = directory;
        this.log = log;
        this.cluster = new ClusterSide(id, request, log, output);
        this.identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord session"));
        this.target = Background.start("target", cluster::resolve);
        this.agent =
                wanted.thenCombine(target, (_, resolved) -> resolved)
                        .thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
    }

    @Override
    public CompletableFuture<ClusterSide.Resolved> target() {
        return target;
    }

    @Override
    public CompletableFuture<SessionIdentity> identity() {
        return identity;
    }

    @Override
    public CompletableFuture<ClusterSide.Agent> agent() {
        return agent;
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void want() {
        wanted.complete(null);
    }

    @Override
    public Path relayDirectory() {
        return directory.path();
    }

    @Override
    public List<String> removal() {
        return AbandonedAgent.command(id, request.config());
    }

    @Override
    public void relay(ClusterSide.Resolved resolved, EngineSide engine, SidecarEvents events) {
        cluster.relay(resolved, agent, directory).serve(engine, events.ready);
    }

    @Override
    public void introduce(ClusterSide.Resolved resolved, LastingControl sidecar)
            throws IOException {
        sidecar.send(ClusterSide.agentMessage(resolved));
    }

    @Override
    public CompletableFuture<?> follow(
            ClusterSide.Resolved resolved, LastingControl sidecar, SidecarEvents events) {
        events.agentLost = cluster::agentLost;
        return agent.thenAccept(ready -> verify(sidecar, ready))
                .thenRunAsync(
                        () ->
                                cluster.followPods(
                                        resolved, ContainerSession.await(identity), sidecar::send),
                        Background.EXECUTOR);
    }

    private void verify(LastingControl sidecar, ClusterSide.Agent ready) {
        try {
            sidecar.send(ClusterSide.certificateMessage(ready));
        } catch (IOException e) {
            log.line("the sidecar has gone already", "session", id);
        }
    }

    @Override
    public String summary(ClusterSide.Resolved resolved) {
        return cluster.summary(resolved);
    }

    @Override
    public void close() {
        cluster.deleteAgent(agent);
        cluster.close();
    }
}
