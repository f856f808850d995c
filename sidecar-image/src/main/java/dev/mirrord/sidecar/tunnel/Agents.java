package dev.mirrord.sidecar.tunnel;

import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The session's agents, one for each pod of the target. What the app sends goes through the
 * <i>primary</i>, whose pod gave the environment; when it is lost, through the next.
 *
 * <pre>
 *   added --its tunnels--&gt; of use --none for a while, or it said that it ends--&gt; removed, told
 * </pre>
 */
public final class Agents {
    private final String client;
    private final SessionIdentity identity;
    private final OpenListener incoming;
    private final AgentsListener listener;
    private final boolean replaceable;
    private final List<Agent> all = new CopyOnWriteArrayList<>();
    private volatile @Nullable Agent primary;

    /**
     * @param client whose tunnels they are, where an agent has several
     * @param replaceable whether the CLI brings another agent for one that is lost
     */
    public Agents(
            String client,
            SessionIdentity identity,
            OpenListener incoming,
            AgentsListener listener,
            boolean replaceable) {
        this.client = client;
        this.identity = identity;
        this.incoming = incoming;
        this.listener = listener;
        this.replaceable = replaceable;
    }

    /**
     * Adds one; an older one of the same id is closed.
     *
     * @param relay the CLI's socket for it, null where the CLI brings connections
     * @param count how many tunnels there shall be
     */
    public synchronized Agent add(String id, String pod, @Nullable String relay, int count)
            throws SSLException {
        remove(id);
        Agent[] made = new Agent[1];
        Tunnels tunnels =
                new Tunnels(
                        client,
                        identity,
                        incoming,
                        new TunnelsListener() {
                            @Override
                            public void onTunnel() {
                                listener.onTunnel();
                            }

                            @Override
                            public void onSilent() {
                                listener.onSilent(made[0]);
                            }

                            @Override
                            public void onLost(String text) {
                                boolean wasPrimary = primary == made[0];
                                if (remove(made[0])) {
                                    listener.onLost(made[0], wasPrimary, text);
                                }
                            }
                        },
                        () -> replaceable || areOthersOfUse());
        RelayDialer dialer = relay == null ? null : new RelayDialer(relay, tunnels);
        Agent agent = new Agent(id, pod, tunnels, dialer);
        made[0] = agent;
        all.add(agent);
        if (primary == null) {
            primary = agent;
        }
        if (dialer != null) {
            dialer.start(count);
        }
        return agent;
    }

    /** Empty when there is no such agent any more. */
    public Optional<Agent> find(String id) {
        return all.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    public List<Agent> all() {
        return List.copyOf(all);
    }

    /** Makes a tunnel of a connection that the CLI brought. */
    public void take(String id, Channel channel) {
        find(id).ifPresentOrElse(agent -> agent.take(channel), channel::close);
    }

    /**
     * What an agent's log says.
     *
     * @return false when somebody else has answered in its place
     */
    public boolean verify(String id, Fingerprint certificate) {
        return find(id).map(agent -> agent.tunnels().verify(certificate)).orElse(true);
    }

    /** Whose pod the app stands in for; empty when there is no agent at all. */
    public Optional<Agent> primary() {
        return Optional.ofNullable(primary);
    }

    /** Another takes over for good, if there is one of use. */
    public synchronized Optional<Agent> replace(Agent old) {
        if (primary != old) {
            return Optional.empty();
        }
        Optional<Agent> next =
                all.stream().filter(each -> each != old && each.pick().isPresent()).findFirst();
        next.ifPresent(taken -> primary = taken);
        return next;
    }

    /** A tunnel of the primary; while that has none, one of the next. */
    public Optional<Tunnel> pick() {
        Agent first = primary;
        Optional<Tunnel> best = first == null ? Optional.empty() : first.pick();
        return best.or(() -> all.stream().flatMap(each -> each.pick().stream()).findFirst());
    }

    /** Its pod has gone. */
    public void remove(String id) {
        find(id).ifPresent(this::remove);
    }

    private boolean remove(Agent agent) {
        boolean known;
        synchronized (this) {
            known = all.remove(agent);
            if (known && primary == agent && replace(agent).isEmpty()) {
                primary = all.isEmpty() ? null : all.getFirst();
            }
        }
        agent.close();
        return known;
    }

    /** No lost tunnel is dialled again. */
    public void stopDialing() {
        all.forEach(Agent::stopDialing);
    }

    private boolean areOthersOfUse() {
        return all.stream().filter(each -> each.pick().isPresent()).findAny().isPresent();
    }
}
