package dev.mirrord.agent;

import dev.mirrord.agent.incoming.Subscriptions;
import dev.mirrord.agent.mirror.Mirror;
import dev.mirrord.agent.query.Queries;
import dev.mirrord.agent.steal.Steal;
import dev.mirrord.agent.steal.UdpSteal;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tls.TlsPorts;
import dev.mirrord.agent.tunnel.StreamDispatch;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.Tunnels;

/**
 * One sidecar, as the agent sees it: its tunnels, and what it has subscribed. Two clients of an
 * agent are to each other as two sessions are: both may copy a port, one may steal it.
 */
record Client(Tunnels tunnels, StreamDispatch streams, Steal steal, UdpSteal udp, Mirror mirror) {
    /** Less than the grace that the pod has. */
    private static final int DRAIN_MILLIS = 4_000;

    static Client of(
            AgentOptions options,
            Target target,
            TargetLoops loops,
            Queries queries,
            Tunnels tunnels) {
        TlsPorts tls = new TlsPorts(target);
        Steal steal = new Steal(target, loops, tunnels, tls, options.owner(), options.flushes());
        UdpSteal udp = new UdpSteal(target, loops, tunnels, options.owner());
        Mirror mirror = new Mirror(target, tunnels);
        Subscriptions subscriptions =
                new Subscriptions(steal, mirror, udp, mirror.datagrams(), tls);
        return new Client(
                tunnels, new StreamDispatch(target, queries, subscriptions), steal, udp, mirror);
    }

    /** Lets go of all that it has taken; what passes through is waited for. */
    void close() {
        mirror.close();
        udp.close();
        try {
            steal.close(DRAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
