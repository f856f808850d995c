package dev.mirrord.session;

import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.sidecar.LastingControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The agent behind a context: its own, or one that it shares with others. */
sealed interface ContextAgent permits OwnAgent, SharedAgent.Member {
    /** Completes when the target is found. */
    CompletableFuture<ClusterSide.Resolved> target();

    /** The key with which the sidecar comes to the agent. */
    CompletableFuture<SessionIdentity> identity();

    /** Completes when it listens. */
    CompletableFuture<ClusterSide.Agent> agent();

    /** Whether it listens already: a sidecar will have its tunnels as soon as it runs. */
    boolean isReady();

    /** It is wanted now; until then nothing may be made in the cluster. */
    void want();

    /** The directory with the relay's sockets, for the sidecar to mount. */
    Path relayDirectory();

    /** A command line that removes the agent when this process cannot any more. */
    List<String> removal();

    /** Lets the sidecar's tunnels through to the agent, which may still be on its way. */
    void relay(ClusterSide.Resolved resolved, EngineSide engine, SidecarEvents events);

    /**
     * Tells a sidecar, which has had its bootstrap, of the agents that there are.
     *
     * @throws IOException if it has gone
     */
    void introduce(ClusterSide.Resolved resolved, LastingControl sidecar) throws IOException;

    /** From now on the sidecar hears of agents that come and go; completes when that has begun. */
    CompletableFuture<?> follow(
            ClusterSide.Resolved resolved, LastingControl sidecar, SidecarEvents events);

    /** The first line of a session: what is remote. */
    String summary(ClusterSide.Resolved resolved);

    /** The context has ended: so does an agent that nobody else has. */
    void close();
}
