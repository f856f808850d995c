package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.steal.NftShell.NftException;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stolen ports. All state belongs to one thread in the target's namespace, which starts with
 * the first subscription; from then on table and listener stay until the agent ends, since
 * connections under way need them.
 */
public final class Steal implements PortSource {
    private final Target target;
    private final TargetLoops loops;
    private final Tunnels tunnels;
    private final StolenPorts ports = new StolenPorts();
    private @Nullable NamespaceThread thread;
    private @Nullable StealListener listener;
    private @Nullable NftShell nft;

    public Steal(Target target, TargetLoops loops, Tunnels tunnels) {
        this.target = target;
        this.loops = loops;
        this.tunnels = tunnels;
    }

    @Override
    public CompletableFuture<Void> subscribe(int port, Optional<HttpFilter> filter, Lost lost) {
        return thread().call(
                        () -> {
                            add(port, filter, lost);
                            return null;
                        });
    }

    @Override
    public void unsubscribe(int port, Lost owner) {
        thread().call(
                        () -> {
                            remove(port, owner);
                            return null;
                        });
    }

    /**
     * Takes nothing more over, waits for the target's answers that pass through, then lets go of
     * the table and the return route.
     *
     * @param drainMillis the longest wait for answers
     */
    public void close(int drainMillis) throws InterruptedException {
        NamespaceThread started;
        synchronized (this) {
            started = thread;
        }
        if (started == null) {
            return;
        }
        inOrder(started, shell -> shell.run(NftScript.removeAllPorts()));
        ports.connections().end(drainMillis);
        inOrder(
                started,
                shell -> {
                    shell.close();
                    nft = null;
                    ReturnRoute.remove();
                });
    }

    private interface Step {
        void run(NftShell shell) throws IOException;
    }

    /** Waits for the step, but not for long. */
    private void inOrder(NamespaceThread started, Step step) {
        CompletableFuture<Void> done =
                started.call(
                        () -> {
                            NftShell shell = nft;
                            if (shell != null) {
                                step.run(shell);
                            }
                            return null;
                        });
        try {
            done.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        } catch (RuntimeException e) {
            AgentLog.warn("cannot end stealing in order", "why", e);
        }
    }

    private synchronized NamespaceThread thread() {
        NamespaceThread started = thread;
        if (started == null) {
            started = new NamespaceThread("steal", target.namespace());
            thread = started;
        }
        return started;
    }

    private void add(int port, Optional<HttpFilter> filter, Lost lost)
            throws SubscriptionRefused, IOException, InterruptedException {
        NftShell shell = shell();
        boolean known = ports.has(port);
        // Before the first connection comes.
        ports.put(port, filter, lost);
        if (!known) {
            try {
                shell.run(NftScript.addPort(port));
            } catch (IOException e) {
                ports.remove(port, lost);
                throw e;
            }
        }
    }

    private void remove(int port, Lost owner) throws IOException {
        if (ports.remove(port, owner) && nft != null) {
            nft.run(NftScript.removePort(port));
        }
    }

    private NftShell shell() throws SubscriptionRefused, IOException, InterruptedException {
        NftShell running = nft;
        if (running != null) {
            return running;
        }
        if (!Capabilities.own().hasNetAdmin()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot steal: the agent lacks the capability NET_ADMIN");
        }
        int port = listenerPort();
        NftShell started = NftShell.start();
        try {
            create(started, port);
            started.run(NftScript.renew());
        } catch (IOException e) {
            started.close();
            throw refused(e);
        }
        ReturnRoute.install();
        nft = started;
        AgentLog.info("stealing is set up", "listener", port);
        return started;
    }

    private static void create(NftShell shell, int port) throws IOException {
        try {
            shell.run(NftScript.create(Takeover.TPROXY, port));
        } catch (NftException e) {
            if (isTaken(e)) {
                throw e;
            }
            AgentLog.info("no TPROXY in this kernel", "why", e.getMessage());
            shell.run(NftScript.create(Takeover.REDIRECT, port));
        }
    }

    /** The listener, and the heart that beats for all later tables, are made once. */
    private int listenerPort() throws InterruptedException {
        StealListener open = listener;
        if (open == null) {
            open = StealListener.open(tunnels, ports, loops.all().getLast());
            listener = open;
            loops.all().getFirst().schedule(() -> beat(0), 1, TimeUnit.SECONDS);
        }
        return open.port();
    }

    private static SubscriptionRefused refused(IOException e) {
        return isTaken(e)
                ? new SubscriptionRefused(
                        Errno.EBUSY,
                        "another mirrord session steals from this target (nft: %s)"
                                .formatted(e.getMessage()))
                : new SubscriptionRefused(
                        Errno.EIO, "cannot set up nftables in the target: " + e.getMessage());
    }

    /** The table is there and has another owner. */
    private static boolean isTaken(IOException e) {
        String said = String.valueOf(e.getMessage());
        return said.contains("File exists") || said.contains("Operation not permitted");
    }

    /** Goes once round all event loops, then renews the sign of life: it proves that they move. */
    private void beat(int loop) {
        if (loop < loops.all().size()) {
            loops.all().get(loop).execute(() -> beat(loop + 1));
            return;
        }
        thread().call(
                        () -> {
                            renew();
                            return null;
                        });
        loops.all().getFirst().schedule(() -> beat(0), 1, TimeUnit.SECONDS);
    }

    private void renew() {
        NftShell running = nft;
        if (running == null) {
            return;
        }
        try {
            running.run(NftScript.renew());
        } catch (IOException e) {
            AgentLog.warn("stealing has ended", "why", e.getMessage());
            running.close();
            nft = null;
            ports.clear().forEach(lost -> lost.because("stealing has ended: " + e.getMessage()));
        }
    }
}
