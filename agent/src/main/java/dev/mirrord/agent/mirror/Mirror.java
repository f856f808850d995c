package dev.mirrord.agent.mirror;

import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The mirrored ports; state belongs to one thread in the target's namespace. */
public final class Mirror implements PortSource {
    private final Target target;
    private final Tunnels tunnels;
    private final Map<Integer, Owned> captures = new HashMap<>();
    private @Nullable NamespaceThread thread;

    private record Owned(PortCapture capture, Lost owner) {}

    public Mirror(Target target, Tunnels tunnels) {
        this.target = target;
        this.tunnels = tunnels;
    }

    @Override
    public CompletableFuture<Void> subscribe(int port, Lost lost) {
        return thread().call(
                        () -> {
                            add(port, lost);
                            return null;
                        });
    }

    @Override
    public void unsubscribe(int port, Lost owner) {
        thread().call(
                        () -> {
                            Owned owned = captures.get(port);
                            if (owned != null && owned.owner.equals(owner)) {
                                captures.remove(port);
                                owned.capture.stop();
                            }
                            return null;
                        });
    }

    private synchronized NamespaceThread thread() {
        NamespaceThread started = thread;
        if (started == null) {
            started = new NamespaceThread("mirror", target.namespace());
            thread = started;
        }
        return started;
    }

    private void add(int port, Lost lost) throws SubscriptionRefused, IOException {
        Owned before = captures.get(port);
        if (before != null) {
            captures.put(port, new Owned(before.capture, lost));
            return;
        }
        if (!Capabilities.own().hasNetRaw()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot mirror: the agent lacks the capability NET_RAW");
        }
        try {
            PortCapture capture = PortCapture.start(port, tunnels, text -> failed(port, text));
            captures.put(port, new Owned(capture, lost));
        } catch (IOException | LinkageError e) {
            throw new SubscriptionRefused(
                    Errno.EIO, "cannot capture in the target's network: " + e.getMessage());
        }
    }

    /** Called by the capture's thread. */
    private void failed(int port, String text) {
        thread().call(
                        () -> {
                            Owned owned = captures.remove(port);
                            if (owned != null) {
                                owned.owner.because(text);
                            }
                            return null;
                        });
    }
}
