package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stolen UDP ports. Rules, sockets and shell belong to one thread in the target's namespace,
 * which starts with the first subscription.
 */
public final class UdpSteal implements PortSource {
    private static final int TELL_MILLIS = 200;

    private final Target target;
    private final TargetLoops loops;
    private final String owner;
    private final Map<Integer, Stolen> ports = new ConcurrentHashMap<>();
    private final AnswerSockets answers = new AnswerSockets(this::openAnswers);
    private final StolenFlows flows;
    private @Nullable NamespaceThread thread;
    private @Nullable UdpListener listener;
    private @Nullable Heartbeat heartbeat;
    private @Nullable NftShell nft;
    private UdpScript script = new UdpScript(0);

    private record Stolen(Losses losses, Lost lost) {}

    /**
     * @param owner whom the users of other sessions are told of
     */
    public UdpSteal(Target target, TargetLoops loops, Tunnels tunnels, String owner) {
        this.target = target;
        this.loops = loops;
        this.owner = owner;
        this.flows =
                new StolenFlows(
                        tunnels,
                        answers,
                        port -> Optional.ofNullable(ports.get(port)).map(Stolen::losses));
    }

    @Override
    public CompletableFuture<Void> subscribe(int port, Optional<HttpFilter> filter, Lost lost) {
        if (filter.isPresent()) {
            return CompletableFuture.failedFuture(SubscriptionRefused.filteredDatagrams());
        }
        return thread().call(
                        () -> {
                            add(port, lost);
                            return null;
                        });
    }

    @Override
    public CompletableFuture<Void> unsubscribe(int port, Lost lost) {
        return thread().call(
                        () -> {
                            remove(port, lost);
                            return null;
                        });
    }

    @Override
    public boolean has(int port) {
        return ports.containsKey(port);
    }

    /** Lets go of all ports and ends its threads: datagrams have nobody to wait for. */
    public void close() {
        NamespaceThread started;
        synchronized (this) {
            started = thread;
        }
        if (started == null) {
            return;
        }
        try {
            started.call(
                            () -> {
                                end();
                                return null;
                            })
                    .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                    .join();
        } catch (RuntimeException e) {
            AgentLog.warn("cannot end stealing in order", "why", e);
        }
        started.close();
    }

    private void end() {
        if (heartbeat != null) {
            heartbeat.end();
        }
        if (nft != null) {
            nft.close();
            nft = null;
        }
        if (listener != null) {
            listener.close();
        }
        answers.close();
    }

    private synchronized NamespaceThread thread() {
        NamespaceThread started = thread;
        if (started == null) {
            started = new NamespaceThread("steal-udp", target.namespace());
            thread = started;
        }
        return started;
    }

    private void add(int port, Lost lost)
            throws SubscriptionRefused, IOException, InterruptedException {
        NftShell shell = shell();
        Stolen known = ports.get(port);
        // Before the first datagram comes.
        ports.put(port, new Stolen(known == null ? new Losses() : known.losses, lost));
        if (known == null) {
            try {
                PortName.take(shell, script.addPort(port, owner), UdpScript.lookUp(port));
            } catch (IOException | SubscriptionRefused e) {
                ports.remove(port);
                throw e;
            }
        }
    }

    private void remove(int port, Lost lost) throws IOException {
        Stolen known = ports.get(port);
        if (known != null && known.lost.equals(lost) && ports.remove(port, known)) {
            if (nft != null) {
                nft.run(script.removePort(port));
            }
            flows.end(port);
        }
    }

    private NftShell shell() throws SubscriptionRefused, IOException {
        NftShell running = nft;
        if (running != null) {
            return running;
        }
        if (!Capabilities.own().hasNetAdmin()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot steal: the agent lacks the capability NET_ADMIN");
        }
        int port = listenerPort();
        script = new UdpScript(port);
        NftShell started = NftShell.start();
        try {
            started.run(script.create());
            started.run(script.renew());
        } catch (IOException e) {
            started.close();
            throw new SubscriptionRefused(
                    Errno.EIO,
                    "cannot set up nftables in the target (UDP needs TPROXY and connection"
                            + " tracking there): "
                            + e.getMessage());
        }
        answers.close();
        nft = started;
        AgentLog.info("stealing of datagrams is set up", "listener", port);
        return started;
    }

    /** The listener, and the heart that beats for all later tables, are made once. */
    private int listenerPort() throws IOException {
        UdpListener open = listener;
        if (open == null) {
            open = UdpListener.open(flows);
            listener = open;
            heartbeat = Heartbeat.start(loops, this::tick);
            tell(heartbeat);
        }
        return open.port();
    }

    private CompletableFuture<DatagramChannel> openAnswers(InetSocketAddress from) {
        return thread().call(
                        () -> {
                            DatagramChannel socket = AnswerSockets.open(from);
                            InetSocketAddress own = (InetSocketAddress) socket.getLocalAddress();
                            if (nft != null) {
                                nft.run(script.addAnswers(own.getPort(), from.getPort()));
                            }
                            return socket;
                        });
    }

    private void tick() {
        flows.tick();
        thread().call(
                        () -> {
                            renew();
                            return null;
                        });
    }

    private void renew() {
        NftShell running = nft;
        if (running == null) {
            return;
        }
        try {
            running.run(script.renew());
        } catch (IOException e) {
            AgentLog.warn("stealing of datagrams has ended", "why", e.getMessage());
            running.close();
            nft = null;
            List<Stolen> owners = List.copyOf(ports.values());
            ports.clear();
            owners.forEach(each -> each.lost.because("stealing has ended: " + e.getMessage()));
        }
    }

    /** As long as the heart beats. */
    private void tell(Heartbeat beating) {
        ports.values().forEach(each -> each.losses.tell(each.lost::counted));
        if (!beating.hasEnded()) {
            loops.all()
                    .getFirst()
                    .schedule(() -> tell(beating), TELL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
