package dev.mirrord.sidecar.incoming;

import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Json;
import dev.mirrord.sidecar.Log;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agent's subscriptions equal to the ports on which the app listens.
 *
 * <pre>
 *   app listens  -&gt; SUBSCRIBE on one tunnel --tunnel lost--&gt; SUBSCRIBE on another
 *   app closes   -&gt; END
 *   agent refuses -&gt; said once; tried again when the app listens anew
 * </pre>
 */
public final class Subscriptions {
    private final IncomingMode mode;
    private final PortPolicy policy;
    private final Supplier<Optional<Tunnel>> tunnels;
    private final Consumer<String> notices;
    private final MirrorLosses losses;
    private final Map<Integer, Subscription> subscriptions = new HashMap<>();
    private final Set<Integer> refused = new HashSet<>();
    private volatile Map<Integer, List<ListenAddress>> byTargetPort = Map.of();
    private volatile Map<Integer, String> filters = Map.of();

    public Subscriptions(
            IncomingMode mode,
            PortPolicy policy,
            Supplier<Optional<Tunnel>> tunnels,
            Consumer<String> notices,
            Counters counters) {
        this.losses = new MirrorLosses(counters, notices);
        this.mode = mode;
        this.policy = policy;
        this.tunnels = tunnels;
        this.notices = notices;
    }

    /** Where the app serves a port of the target; empty when it no longer does. */
    public List<ListenAddress> listeners(int targetPort) {
        return byTargetPort.getOrDefault(targetPort, List.of());
    }

    /** The whole picture of what the app listens on. */
    public synchronized void onPorts(SortedMap<Integer, List<ListenAddress>> ports) {
        Map<Integer, List<ListenAddress>> wanted = new HashMap<>();
        Map<Integer, String> filtered = new HashMap<>();
        ports.forEach(
                (port, addresses) ->
                        policy.targetPort(port, addresses)
                                .ifPresent(
                                        target -> {
                                            wanted.put(target, addresses);
                                            policy.filter(port)
                                                    .ifPresent(json -> filtered.put(target, json));
                                        }));
        filters = Map.copyOf(filtered);
        byTargetPort = Map.copyOf(wanted);
        refused.retainAll(wanted.keySet());
        subscriptions
                .entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !wanted.containsKey(entry.getKey());
                            if (gone) {
                                entry.getValue().end();
                            }
                            return gone;
                        });
        subscribeMissing();
    }

    /** A tunnel came up: what was lost with another is asked for again. */
    public synchronized void onTunnel() {
        subscribeMissing();
    }

    private void subscribeMissing() {
        for (int port : byTargetPort.keySet()) {
            if (subscriptions.containsKey(port) || refused.contains(port)) {
                continue;
            }
            tunnels.get()
                    .ifPresent(
                            tunnel -> {
                                Subscription subscription = new Subscription(port, tunnel);
                                subscriptions.put(port, subscription);
                                subscription.start();
                            });
        }
    }

    private synchronized void lost(Subscription subscription) {
        if (subscriptions.remove(subscription.port, subscription)) {
            subscribeMissing();
        }
    }

    private synchronized void refused(Subscription subscription, String text) {
        subscriptions.remove(subscription.port, subscription);
        refused.add(subscription.port);
        losses.portRefused();
        notices.accept(
                "port %d of the target cannot be %s: %s"
                        .formatted(
                                subscription.port,
                                mode == IncomingMode.STEAL ? "stolen" : "mirrored",
                                text));
    }

    /** One port at the agent; belongs to its tunnel's event loop. */
    private final class Subscription implements StreamListener {
        private final int port;
        private final Tunnel tunnel;
        private @Nullable TunnelStream stream;

        Subscription(int port, Tunnel tunnel) {
            this.port = port;
            this.tunnel = tunnel;
        }

        void start() {
            String filter =
                    Optional.ofNullable(filters.get(port))
                            .map(",\"filter\":%s"::formatted)
                            .orElse("");
            String request =
                    "{\"port\":%d,\"mode\":\"%s\"%s}"
                            .formatted(port, mode.name().toLowerCase(Locale.ROOT), filter);
            tunnel.eventLoop()
                    .execute(
                            () ->
                                    stream =
                                            tunnel.open(
                                                    StreamKind.SUBSCRIBE,
                                                    Unpooled.copiedBuffer(
                                                            request, StandardCharsets.UTF_8),
                                                    this));
        }

        void end() {
            tunnel.eventLoop()
                    .execute(
                            () -> {
                                if (stream != null) {
                                    stream.end();
                                }
                            });
        }

        @Override
        public void onAccept(TunnelStream accepted, ByteBuf payload) {
            Log.line("subscribed", "port", port, "mode", mode);
        }

        @Override
        public void onRefuse(TunnelStream from, int errno, String text) {
            refused(this, text);
        }

        @Override
        public void onData(TunnelStream from, ByteBuf data) {
            int length = data.readableBytes();
            String json = data.toString(StandardCharsets.UTF_8);
            Json.text(json, "notice").ifPresent(notices);
            losses.told(port, json);
            data.release();
            from.consumed(length);
        }

        @Override
        public void onEnd(TunnelStream from) {
            from.end();
            lost(this);
        }

        @Override
        public void onReset(TunnelStream from, int errno) {
            lost(this);
        }
    }
}
