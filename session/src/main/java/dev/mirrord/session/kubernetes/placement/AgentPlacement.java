package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.util.function.Consumer;

/** One way to bring an agent into the cluster. */
public sealed interface AgentPlacement permits JobPlacement, TargetlessPlacement {

    /** Where the agent's objects are made. */
    String namespace();

    /** Of the Job. */
    String name();

    /** What is sent to the API server, byte for byte. */
    ObjectNode manifest();

    AgentSettings settings();

    /** Where the agent listens, on the loopback of its own pod: nobody else is there. */
    int PORT = 7547;

    /**
     * Creates the agent and waits until it listens. What was created is removed again when that
     * fails or the thread is interrupted. Blocks.
     *
     * @throws ClusterFailure with the scheduler's, kubelet's, admission's or agent's own reason
     */
    default PlacedAgent place(Cluster cluster) {
        return place(cluster, _ -> {});
    }

    /**
     * @param assigned hears of the agent's pod as soon as it has a node, before it listens on
     *     {@link #PORT}
     */
    default PlacedAgent place(Cluster cluster, Consumer<PodRef> assigned) {
        return new AgentStart(cluster, this, assigned).run();
    }
}
