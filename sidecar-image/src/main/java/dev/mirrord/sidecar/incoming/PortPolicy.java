package dev.mirrord.sidecar.incoming;

import dev.mirrord.config.IncomingConfig;
import dev.mirrord.sidecar.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Which of the app's ports stand for a port of the target. */
public final class PortPolicy {
    private final IncomingConfig config;
    private final IntPredicate own;

    /**
     * @param own ports that are the developer's or the app's own, whatever the configuration says
     */
    public PortPolicy(IncomingConfig config, IntPredicate own) {
        this.config = config;
        this.own = own;
    }

    /** The target's port to subscribe; empty for a port that stays the app's own. */
    public Optional<Integer> targetPort(int port, List<ListenAddress> addresses) {
        boolean onlyLoopback = addresses.stream().allMatch(ListenAddress::isLoopback);
        return own.test(port) || (onlyLoopback && config.ignoreLocalhost())
                ? Optional.empty()
                : config.targetPort(port);
    }

    /** Which HTTP requests are wanted there, as the agent is told; empty: all that arrives. */
    public Optional<String> filter(int port) {
        return config.filter(port);
    }

    /**
     * Whether the kubelet's probes are the app's too: a filter leaves them to the target unless
     * asked.
     */
    public boolean takesProbes(int port) {
        return filter(port).map(json -> Json.parse(json).path("probes").asBoolean()).orElse(true);
    }

    /** How TLS is ended there, as the agent is told; empty: it is not. May hold a key. */
    public Optional<String> tls(int port) {
        return config.tls(port);
    }
}
