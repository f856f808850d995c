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
    private static final int EADDRINUSE = 98;

    private final Target target;
    private final Tunnels tunnels;
    private final Map<Integer, PortCapture> captures = new HashMap<>();
    private @Nullable NamespaceThread thread;

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
    public void unsubscribe(int port) {
        thread().call(
                        () -> {
                            PortCapture capture = captures.remove(port);
                            if (capture != null) {
                                capture.stop();
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
        if (captures.containsKey(port)) {
            throw new SubscriptionRefused(
                    EADDRINUSE, "port %d is mirrored already by this session".formatted(port));
        }
        if (!Capabilities.own().hasNetRaw()) {
            throw new SubscriptionRefused(
                    Errno.EPERM, "cannot mirror: the agent lacks the capability NET_RAW");
        }
        try {
            captures.put(port, PortCapture.start(port, tunnels, lost::because));
        } catch (IOException | LinkageError e) {
            throw new SubscriptionRefused(
                    Errno.EIO, "cannot capture in the target's network: " + e.getMessage());
        }
    }
}
