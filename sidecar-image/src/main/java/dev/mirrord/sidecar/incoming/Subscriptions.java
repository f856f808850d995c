package dev.mirrord.sidecar.incoming;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.PortProtocol;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Json;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.tunnel.Agent;
import dev.mirrord.sidecar.tunnel.Agents;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every agent's subscriptions of one protocol equal to the ports on which the app listens.
 *
 * <pre>
 *   app listens  -&gt; SUBSCRIBE on one tunnel of each agent --tunnel lost--&gt; SUBSCRIBE on another
 *   app closes   -&gt; END
 *   agent refuses -&gt; said once; tried again when the app listens anew
 *   agent is busy: another session steals the port -&gt; said once; tried again every second
 * </pre>
 */
public final class Subscriptions {
    private static final long AGAIN_MILLISECONDS = 1_000;

    private final IncomingMode mode;
    private final PortProtocol protocol;
    private final PortPolicy policy;
    private final Consumer<String> notices;
    private final MirrorLosses losses;
    private final Map<Key, Subscription> subscriptions = new HashMap<>();
    private final Set<Key> refused = new HashSet<>();
    private final Set<Said> said = new HashSet<>();
    private final Set<Integer> busy = new HashSet<>();
    private boolean again;
    private volatile @Nullable Agents agents;
    private volatile Map<Integer, List<ListenAddress>> byTargetPort = Map.of();
    private volatile Map<Integer, String> filters = Map.of();

    /** A port of one agent's pod. */
    private record Key(String agent, int port) {}

    /** What was said of a port. */
    private record Said(int port, String text) {}

    public Subscriptions(
            IncomingMode mode,
            PortProtocol protocol,
            PortPolicy policy,
            Consumer<String> notices,
            Counters counters) {
        this.protocol = protocol;
        this.losses = new MirrorLosses(counters, notices);
        this.mode = mode;
        this.policy = policy;
        this.notices = notices;
    }

    /** At whom ports are subscribed. */
    public void agents(Agents all) {
        agents = all;
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
                                                    .ifPresent(
                                                            json ->
                                                                    filtered.put(
                                                                            target,
                                                                            fields(port, json)));
                                        }));
        filters = Map.copyOf(filtered);
        byTargetPort = Map.copyOf(wanted);
        refused.removeIf(key -> !wanted.containsKey(key.port()));
        busy.retainAll(wanted.keySet());
        said.removeIf(each -> !wanted.containsKey(each.port()));
        subscriptions
                .entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !wanted.containsKey(entry.getKey().port());
                            if (gone) {
                                entry.getValue().end();
                            }
                            return gone;
                        });
        subscribeMissing();
    }

    /** What the agent is told besides port and mode. */
    private String fields(int port, String filter) {
        return ",\"filter\":" + filter + policy.tls(port).map(",\"tls\":%s"::formatted).orElse("");
    }

    /** A tunnel came up: what was lost with another is asked for again. */
    public synchronized void onTunnel() {
        subscribeMissing();
    }

    private void subscribeMissing() {
        Agents known = agents;
        if (known == null) {
            return;
        }
        for (Agent agent : known.all()) {
            agent.pick().ifPresent(tunnel -> subscribeMissing(agent, tunnel));
        }
    }

    private void subscribeMissing(Agent agent, Tunnel tunnel) {
        for (int port : byTargetPort.keySet()) {
            Key key = new Key(agent.id(), port);
            if (!subscriptions.containsKey(key) && !refused.contains(key)) {
                Subscription subscription = new Subscription(key, tunnel);
                subscriptions.put(key, subscription);
                subscription.start();
            }
        }
    }

    private synchronized void accepted(Subscription subscription) {
        if (busy.remove(subscription.key.port())) {
            notices.accept(
                    "%s %d of the target is free: it is stolen from now on"
                            .formatted(name(), subscription.key.port()));
        }
    }

    private synchronized void lost(Subscription subscription) {
        if (subscriptions.remove(subscription.key, subscription)) {
            subscribeMissing();
        }
    }

    private synchronized void refused(Subscription subscription, int errno, String text) {
        int port = subscription.key.port();
        if (!subscriptions.remove(subscription.key, subscription)) {
            return;
        }
        refused.add(subscription.key);
        boolean taken = errno == Errno.EBUSY;
        if (taken) {
            busy.add(port);
            tryAgain();
        }
        String sentence =
                "%s %d of the target cannot be %s: %s%s"
                        .formatted(
                                name(),
                                port,
                                mode == IncomingMode.STEAL ? "stolen" : "mirrored",
                                text,
                                taken ? "; it is taken over as soon as it is free" : "");
        if (said.add(new Said(port, sentence))) {
            losses.portRefused();
            notices.accept(sentence);
        }
    }

    private String name() {
        return switch (protocol) {
            case TCP -> "port";
            case UDP -> "UDP port";
        };
    }

    /** Whoever has the port now may end. */
    private void tryAgain() {
        if (again) {
            return;
        }
        again = true;
        EventLoops.next()
                .schedule(
                        () -> {
                            synchronized (this) {
                                again = false;
                                refused.removeIf(key -> busy.contains(key.port()));
                                subscribeMissing();
                            }
                        },
                        AGAIN_MILLISECONDS,
                        TimeUnit.MILLISECONDS);
    }

    /** One port at the agent; belongs to its tunnel's event loop. */
    private final class Subscription implements StreamListener {
        private final Key key;
        private final Tunnel tunnel;
        private @Nullable TunnelStream stream;

        Subscription(Key key, Tunnel tunnel) {
            this.key = key;
            this.tunnel = tunnel;
        }

        void start() {
            String filter = Optional.ofNullable(filters.get(key.port())).orElse("");
            String of = protocol == PortProtocol.TCP ? "" : ",\"protocol\":\"udp\"";
            String request =
                    "{\"port\":%d,\"mode\":\"%s\"%s%s}"
                            .formatted(
                                    key.port(), mode.name().toLowerCase(Locale.ROOT), of, filter);
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
            Log.line("subscribed", "agent", key.agent(), protocol.text(), key.port(), "mode", mode);
            accepted(this);
        }

        @Override
        public void onRefuse(TunnelStream from, int errno, String text) {
            refused(this, errno, text);
        }

        @Override
        public void onData(TunnelStream from, ByteBuf data) {
            int length = data.readableBytes();
            String json = data.toString(StandardCharsets.UTF_8);
            Json.text(json, "notice").ifPresent(notices);
            switch (protocol) {
                case TCP -> losses.told(key.port(), json);
                case UDP -> losses.toldUdp(key.port(), json);
            }
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
