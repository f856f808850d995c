package dev.mirrord.testcontainers;

import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.SessionOutput;
import dev.mirrord.session.SharedAgent;
import java.util.ArrayList;
import java.util.List;

/**
 * The agents of one {@link ClusterContext}: one for all containers that need the same. It goes with
 * the last of them, or with the context where that keeps it.
 */
final class AgentPool implements AutoCloseable {
    private final List<Lease> leases = new ArrayList<>();
    private boolean keeping;

    /** An agent, and how many containers have it. */
    private static final class Lease {
        final SharedAgent agent;
        int users;

        Lease(SharedAgent agent) {
            this.agent = agent;
        }
    }

    /** From now on agents stay until {@link #close}. */
    synchronized void keep() {
        keeping = true;
    }

    /** One that is there, or is being started; to be given back by {@link #release}. */
    synchronized SharedAgent take(MirrordConfig config, SessionOutput output) {
        Lease lease =
                leases.stream()
                        .filter(each -> each.agent.isFor(config))
                        .findFirst()
                        .orElseGet(
                                () -> {
                                    Lease made = new Lease(SharedAgent.start(config, output));
                                    leases.add(made);
                                    return made;
                                });
        lease.users++;
        return lease.agent;
    }

    void release(SharedAgent agent) {
        boolean last = false;
        synchronized (this) {
            for (Lease lease : leases) {
                if (lease.agent.equals(agent)) {
                    lease.users--;
                    last = lease.users == 0 && !keeping;
                }
            }
            if (last) {
                leases.removeIf(lease -> lease.agent.equals(agent));
            }
        }
        if (last) {
            agent.close();
        }
    }

    @Override
    public void close() {
        List<Lease> all;
        synchronized (this) {
            all = List.copyOf(leases);
            leases.clear();
        }
        all.parallelStream().forEach(lease -> lease.agent.close());
    }
}
