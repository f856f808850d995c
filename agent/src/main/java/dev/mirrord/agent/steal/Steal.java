package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.ServiceMesh;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tls.TlsPorts;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.namespace.NamespaceThread;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stolen ports. All state belongs to one thread in the target's namespace, which starts with
 * the first subscription; from then on table and listener stay until it is closed, since
 * connections under way need them.
 */
public final class Steal implements PortSource {
    private static final int LET_IN_MILLIS = 20;

    private final Target target;
    private final TargetLoops loops;
    private final Tunnels tunnels;
    private final String owner;
    private final boolean flushes;
    private final TlsPorts tls;
    private final StolenPorts ports = new StolenPorts();
    private @Nullable NamespaceThread thread;
    private @Nullable StealListener listener;
    private @Nullable Heartbeat heartbeat;
    private @Nullable StealTable table;

    /**
     * @param owner whom the users of other sessions are told of
     * @param flushes connections that a port has when it is taken are reset
     */
    public Steal(
            Target target,
            TargetLoops loops,
            Tunnels tunnels,
            TlsPorts tls,
            String owner,
            boolean flushes) {
        this.target = target;
        this.loops = loops;
        this.tunnels = tunnels;
        this.tls = tls;
        this.owner = owner;
        this.flushes = flushes;
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
    public CompletableFuture<Void> unsubscribe(int port, Lost owner) {
        return thread().call(
                        () -> {
                            remove(port, owner);
                            return null;
                        });
    }

    @Override
    public boolean has(int port) {
        return ports.has(port);
    }

    /**
     * Takes nothing more over, waits for the target's answers that pass through, then lets go of
     * table, listener and return route, and ends the thread.
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
        inOrder(started, this::takeNothingMore);
        letIn();
        ports.connections().end(drainMillis);
        inOrder(started, this::end);
        started.close();
    }

    /**
     * What the kernel has taken for us is still to be met by the listener, then by its own loop.
     */
    private void letIn() throws InterruptedException {
        for (EventLoop loop : loops.all().reversed()) {
            loop.schedule(() -> {}, LET_IN_MILLIS, TimeUnit.MILLISECONDS)
                    .await(1, TimeUnit.SECONDS);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Waits for the step, but not for long. */
    private void inOrder(NamespaceThread started, Step step) {
        CompletableFuture<Void> done =
                started.call(
                        () -> {
                            step.run();
                            return null;
                        });
        try {
            done.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        } catch (RuntimeException e) {
            AgentLog.warn("cannot end stealing in order", "why", e);
        }
    }

    private void takeNothingMore() throws IOException {
        if (table != null) {
            table.takeNothingMore();
        }
    }

    private void end() throws IOException {
        if (heartbeat != null) {
            heartbeat.end();
        }
        try {
            endTable();
        } finally {
            if (listener != null) {
                listener.close();
            }
        }
    }

    /** Another agent may begin or end at the same time. */
    private void endTable() throws IOException {
        StealTable made = table;
        if (made == null) {
            return;
        }
        table = null;
        made.close();
        if (StealTable.areAllGone()) {
            ReturnRoute.remove();
            if (!StealTable.areAllGone()) {
                ReturnRoute.install();
            }
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
        ServiceMesh.refuseOwn(port);
        StealTable made = table();
        Optional<StolenPorts.Stolen> had = ports.get(port);
        boolean whole = filter.isEmpty();
        if (had.isPresent() && made.isFor(had.get().place(), whole)) {
            ports.put(port, new StolenPorts.Stolen(filter, lost, had.get().place()));
            return;
        }
        OpenBefore before =
                flushes && had.isEmpty() ? openBefore(port, lost) : OpenBefore.none(port);
        try {
            made.take(
                    port,
                    whole,
                    owner,
                    place -> ports.put(port, new StolenPorts.Stolen(filter, lost, place)));
        } catch (IOException | SubscriptionRefused e) {
            had.ifPresentOrElse(old -> ports.put(port, old), () -> ports.remove(port, lost));
            throw e;
        }
        if (had.isPresent()) {
            made.release(port, had.get().place());
        }
        flush(before, lost);
    }

    private static OpenBefore openBefore(int port, Lost lost) {
        try {
            return OpenBefore.at(port);
        } catch (IOException e) {
            notice("agent.flush_connections: cannot list connections: " + e.getMessage(), lost);
            return OpenBefore.none(port);
        }
    }

    private static void flush(OpenBefore before, Lost lost) {
        try {
            before.reset();
        } catch (IOException e) {
            notice(String.valueOf(e.getMessage()), lost);
        }
    }

    private static void notice(String text, Lost lost) {
        AgentLog.warn("not flushed", "why", text);
        lost.notice(text);
    }

    private void remove(int port, Lost owner) throws IOException {
        Optional<StolenPorts.Stolen> had = ports.remove(port, owner);
        if (had.isPresent() && table != null) {
            table.release(port, had.get().place());
        }
    }

    private StealTable table() throws SubscriptionRefused, IOException, InterruptedException {
        StealTable made = table;
        if (made != null) {
            return made;
        }
        if (!Capabilities.own().hasNetAdmin()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot steal: the agent lacks the capability NET_ADMIN");
        }
        int port = listenerPort();
        try {
            made = StealTable.create(port);
        } catch (IOException e) {
            throw new SubscriptionRefused(
                    Errno.EIO, "cannot set up nftables in the target: " + e.getMessage());
        }
        ReturnRoute.install();
        table = made;
        AgentLog.info("stealing is set up", "listener", port);
        return made;
    }

    /** The listener, and the heart that beats for all later tables, are made once. */
    private int listenerPort() throws InterruptedException {
        StealListener open = listener;
        if (open == null) {
            open = StealListener.open(tunnels, ports, tls, loops.all().getLast());
            listener = open;
            heartbeat =
                    Heartbeat.start(
                            loops,
                            () ->
                                    thread().call(
                                                    () -> {
                                                        renew();
                                                        return null;
                                                    }));
        }
        return open.port();
    }

    private void renew() {
        StealTable made = table;
        if (made == null) {
            return;
        }
        try {
            made.renew();
        } catch (IOException e) {
            AgentLog.warn("stealing has ended", "why", e.getMessage());
            made.close();
            table = null;
            ports.clear().forEach(lost -> lost.because("stealing has ended: " + e.getMessage()));
        }
    }
}
