package dev.mirrord.agent.mirror;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.ServiceMesh;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.namespace.NamespaceThread;
import dev.mirrord.protocol.PortProtocol;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The mirrored ports; state belongs to one thread in the target's namespace, others only look. */
public final class Mirror implements PortSource {
    private static final int TELL_MILLIS = 200;

    private final Target target;
    private final Tunnels tunnels;
    private final Map<PortKey, Owned> ports = new ConcurrentHashMap<>();
    private @Nullable NamespaceThread thread;
    private @Nullable Capture capture;
    private boolean telling;

    private record Owned(MirroredPort port, Lost owner) {}

    public Mirror(Target target, Tunnels tunnels) {
        this.target = target;
        this.tunnels = tunnels;
    }

    @Override
    public CompletableFuture<Void> subscribe(int port, Optional<HttpFilter> filter, Lost lost) {
        return subscribe(PortKey.tcp(port), filter, lost);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(int port, Lost owner) {
        return unsubscribe(PortKey.tcp(port), owner);
    }

    @Override
    public boolean has(int port) {
        return ports.containsKey(PortKey.tcp(port));
    }

    /** The UDP ports, by the same capture. */
    public PortSource datagrams() {
        return new PortSource() {
            @Override
            public CompletableFuture<Void> subscribe(
                    int port, Optional<HttpFilter> filter, Lost lost) {
                return filter.isPresent()
                        ? CompletableFuture.failedFuture(SubscriptionRefused.filteredDatagrams())
                        : Mirror.this.subscribe(PortKey.udp(port), filter, lost);
            }

            @Override
            public CompletableFuture<Void> unsubscribe(int port, Lost owner) {
                return Mirror.this.unsubscribe(PortKey.udp(port), owner);
            }

            @Override
            public boolean has(int port) {
                return ports.containsKey(PortKey.udp(port));
            }
        };
    }

    /** Nobody subscribes after it; those who have are let go by their own end. */
    public synchronized void close() {
        if (thread != null) {
            thread.close();
        }
    }

    private CompletableFuture<Void> subscribe(
            PortKey port, Optional<HttpFilter> filter, Lost lost) {
        return thread().call(() -> add(port, filter, lost)).thenCompose(captured -> captured);
    }

    private CompletableFuture<Void> unsubscribe(PortKey port, Lost owner) {
        return thread().call(
                        () -> {
                            Owned owned = ports.get(port);
                            if (owned != null && owned.owner.equals(owner)) {
                                ports.remove(port);
                                captureAll();
                            }
                            return null;
                        });
    }

    private synchronized NamespaceThread thread() {
        NamespaceThread started = thread;
        if (started == null) {
            started = new NamespaceThread("mirror-ports", target.namespace());
            thread = started;
        }
        return started;
    }

    private CompletableFuture<Void> add(PortKey port, Optional<HttpFilter> filter, Lost lost)
            throws SubscriptionRefused, IOException {
        Owned before = ports.get(port);
        if (before != null) {
            before.port.filter(filter);
            ports.put(port, new Owned(before.port, lost));
            return CompletableFuture.completedFuture(null);
        }
        if (port.protocol() == PortProtocol.TCP) {
            ServiceMesh.refuseOwn(port.number());
        }
        if (!Capabilities.own().hasNetRaw()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot mirror: the agent lacks the capability NET_RAW");
        }
        try {
            if (capture == null) {
                Capture[] self = new Capture[1];
                self[0] = Capture.start(tunnels, text -> failed(self, text));
                capture = self[0];
            }
            ports.put(port, new Owned(new MirroredPort(filter), lost));
            tell();
            return captureAll();
        } catch (IOException | LinkageError e) {
            throw new SubscriptionRefused(
                    Errno.EIO, "cannot capture in the target's network: " + e.getMessage());
        }
    }

    private CompletableFuture<Void> captureAll() {
        Capture running = capture;
        if (running == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (ports.isEmpty()) {
            running.stop();
            capture = null;
            return CompletableFuture.completedFuture(null);
        }
        Map<PortKey, MirroredPort> wanted = new HashMap<>();
        ports.forEach((port, owned) -> wanted.put(port, owned.port));
        return running.ports(wanted);
    }

    /** Tells the subscribers of losses, as long as there is anybody. */
    private void tell() {
        if (telling) {
            return;
        }
        telling = true;
        CompletableFuture.delayedExecutor(TELL_MILLIS, TimeUnit.MILLISECONDS)
                .execute(
                        () ->
                                thread().call(
                                                () -> {
                                                    telling = false;
                                                    ports.values()
                                                            .forEach(
                                                                    each ->
                                                                            each.port.losses.tell(
                                                                                    each.owner
                                                                                            ::counted));
                                                    if (!ports.isEmpty()) {
                                                        tell();
                                                    }
                                                    return null;
                                                }));
    }

    /** Called by the capture's thread. */
    private void failed(Capture[] failed, String text) {
        thread().call(
                        () -> {
                            if (capture != null && capture.equals(failed[0])) {
                                capture = null;
                                ports.values().forEach(owned -> owned.owner.because(text));
                                ports.clear();
                            }
                            return null;
                        });
    }
}
