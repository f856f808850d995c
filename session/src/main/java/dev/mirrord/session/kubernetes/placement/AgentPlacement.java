package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;

/** One way to bring an agent into the cluster. */
public sealed interface AgentPlacement permits JobPlacement, TargetlessPlacement {

    /** Where the agent's objects are made. */
    String namespace();

    /** Of the Job. */
    String name();

    /** What is sent to the API server, byte for byte. */
    ObjectNode manifest();

    AgentSettings settings();

    /**
     * Creates the agent and waits until it listens. What was created is removed again when that
     * fails or the thread is interrupted. Blocks.
     *
     * @throws ClusterFailure with the scheduler's, kubelet's, admission's or agent's own reason
     */
    default PlacedAgent place(Cluster cluster) {
        return new AgentStart(cluster, this).run();
    }
}
