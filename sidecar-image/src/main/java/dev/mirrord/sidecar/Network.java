package dev.mirrord.sidecar;

import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.NetworkConfig;
import dev.mirrord.config.filter.OutgoingFilter;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.netfilter.PacketQueue;
import dev.mirrord.protocol.PortProtocol;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.capture.CapturePolicy;
import dev.mirrord.sidecar.capture.CaptureRules;
import dev.mirrord.sidecar.capture.EngineHosts;
import dev.mirrord.sidecar.capture.Flow;
import dev.mirrord.sidecar.capture.NamespaceFacts;
import dev.mirrord.sidecar.capture.Prefix;
import dev.mirrord.sidecar.capture.QueueForm;
import dev.mirrord.sidecar.capture.RulesInstaller;
import dev.mirrord.sidecar.capture.Verdict;
import dev.mirrord.sidecar.control.Bootstrap;
import dev.mirrord.sidecar.dns.AgentResolver;
import dev.mirrord.sidecar.dns.DnsCache;
import dev.mirrord.sidecar.dns.KnownNames;
import dev.mirrord.sidecar.dns.NameService;
import dev.mirrord.sidecar.dns.PlainResolver;
import dev.mirrord.sidecar.dns.ResolvConf;
import dev.mirrord.sidecar.dns.Resolver;
import dev.mirrord.sidecar.dns.TcpQueries;
import dev.mirrord.sidecar.dns.UdpQueries;
import dev.mirrord.sidecar.incoming.AppAddresses;
import dev.mirrord.sidecar.incoming.AppConnector;
import dev.mirrord.sidecar.incoming.AppPorts;
import dev.mirrord.sidecar.incoming.BoundPorts;
import dev.mirrord.sidecar.incoming.DebuggerPorts;
import dev.mirrord.sidecar.incoming.IncomingHints;
import dev.mirrord.sidecar.incoming.ListenAddress;
import dev.mirrord.sidecar.incoming.PortPolicy;
import dev.mirrord.sidecar.incoming.RecentPeers;
import dev.mirrord.sidecar.incoming.Subscriptions;
import dev.mirrord.sidecar.incoming.UdpHints;
import dev.mirrord.sidecar.incoming.UdpPorts;
import dev.mirrord.sidecar.outgoing.DatagramErrors;
import dev.mirrord.sidecar.outgoing.DatagramSenders;
import dev.mirrord.sidecar.outgoing.HeldConnects;
import dev.mirrord.sidecar.outgoing.TcpDoor;
import dev.mirrord.sidecar.outgoing.UdpDoor;
import dev.mirrord.sidecar.outgoing.UnheldConnects;
import dev.mirrord.sidecar.target.TargetFacts;
import dev.mirrord.sidecar.tunnel.Agents;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The app's network: everything that stands between the namespace and the tunnels. */
final class Network {
    private final NetworkConfig config;
    private final Prepared prepared;
    private final Consumer<String> notices;
    private final CapturePolicy policy;
    private final NameService names;
    private final AppAddresses addresses;
    private final AppPorts ports;
    private final Optional<Subscriptions> subscriptions;
    private final Optional<Subscriptions> udpSubscriptions;
    private final UdpPorts udpPorts;
    private final UdpHints udpHints;
    private final BoundPorts bound;
    private final Optional<IncomingHints> hints;
    private final AppConnector connector;
    private final HeldConnects held;
    private final DatagramErrors errors = new DatagramErrors();
    private final DebuggerPorts debuggers;
    private final CompletableFuture<Void> installed;
    private volatile boolean withoutQueue;

    /** Opens the sockets, and begins to give the rules to the kernel. */
    Network(
            Bootstrap bootstrap,
            Prepared prepared,
            Supplier<Optional<Tunnel>> tunnels,
            Consumer<String> notices,
            Counters counters) {
        this.config = bootstrap.config().network();
        this.debuggers = new DebuggerPorts(bootstrap.debuggerPorts());
        this.prepared = prepared;
        this.notices = notices;
        NamespaceFacts facts = prepared.facts();
        KnownNames known = new KnownNames();
        AppPorts[] later = new AppPorts[1];
        this.policy =
                new CapturePolicy(
                        config,
                        bootstrap.dnsUpstream(),
                        known,
                        destination -> later[0] == null || later[0].isListening(destination));
        this.names =
                new NameService(
                        config.dns(),
                        new AgentResolver(tunnels),
                        local(bootstrap),
                        engine(bootstrap),
                        known,
                        new DnsCache(() -> System.nanoTime() / 1_000_000_000),
                        notices,
                        counters);
        this.held = new HeldConnects(policy, tunnels, counters);
        DatagramSenders senders = new DatagramSenders();
        RecentPeers peers = new RecentPeers();
        int tcpPort =
                new TcpDoor(
                                policy,
                                held,
                                new TcpQueries(names),
                                new UnheldConnects(() -> withoutQueue, tunnels, counters))
                        .open();
        int udpPort =
                new UdpDoor(
                                policy,
                                new UdpQueries(names, senders::send),
                                senders,
                                errors,
                                tunnels,
                                counters,
                                peers::isAnswer)
                        .open();
        this.ports = new AppPorts(tcpPort);
        later[0] = ports;
        startQueue();
        CaptureRules rules = rules(bootstrap, facts, tcpPort, udpPort);
        this.installed =
                CompletableFuture.runAsync(
                        () -> withoutQueue = install(rules) == QueueForm.NONE,
                        task -> Thread.ofPlatform().name("mirrord-rules").start(task));
        this.addresses = new AppAddresses(facts.addresses());
        this.subscriptions =
                subscriptions(
                        PortProtocol.TCP, new PortPolicy(config.incoming(), debuggers), counters);
        this.udpPorts = UdpPorts.of(config.incoming());
        this.udpHints = new UdpHints(config.incoming(), udpPorts, notices);
        this.udpSubscriptions =
                subscriptions(
                        PortProtocol.UDP, new PortPolicy(config.incoming(), udpPorts), counters);
        this.bound =
                new BoundPorts(
                        udpPort,
                        port ->
                                !udpPorts.test(port)
                                        && config.incoming().targetPort(port).isPresent(),
                        counters);
        this.hints =
                mode(config.incoming().mode())
                        .map(
                                taken ->
                                        new IncomingHints(
                                                taken,
                                                new PortPolicy(config.incoming(), debuggers),
                                                notices));
        this.connector =
                new AppConnector(
                        port -> listeners(subscriptions, port),
                        port -> listeners(udpSubscriptions, port),
                        addresses,
                        peers,
                        counters);
    }

    private static List<ListenAddress> listeners(Optional<Subscriptions> of, int port) {
        return of.map(all -> all.listeners(port)).orElse(List.of());
    }

    AppConnector connector() {
        return connector;
    }

    /** Whose tunnels bring the target's traffic. */
    void agents(Agents agents) {
        subscriptions.ifPresent(all -> all.agents(agents));
        udpSubscriptions.ifPresent(all -> all.agents(agents));
    }

    /** A tunnel came up. */
    void onTunnel() {
        subscriptions.ifPresent(Subscriptions::onTunnel);
        udpSubscriptions.ifPresent(Subscriptions::onTunnel);
    }

    /** The target is known: its names and addresses become the app's. */
    void target(TargetFacts facts, ResolvConf resolver, Set<Integer> declaredPorts) {
        Set<Integer> own = new HashSet<>(declaredPorts);
        own.addAll(facts.ownListening());
        debuggers.declared(declaredPorts);
        Set<Integer> served = new HashSet<>(own);
        served.addAll(facts.listening());
        hints.ifPresent(each -> each.served(served, own));
        boolean ipv6 = config.ipv6() && facts.hasIpv6();
        List<String> four = new ArrayList<>();
        List<String> six = new ArrayList<>();
        Set<InetAddress> taken = new HashSet<>();
        for (InetAddress address : facts.addresses()) {
            if (address instanceof Inet4Address) {
                four.add(address.getHostAddress());
                taken.add(address);
            } else if (ipv6) {
                six.add(address.getHostAddress());
                taken.add(address);
            }
        }
        try {
            policy.target(
                    new CapturePolicy.Target(new HashSet<>(resolver.addresses()), taken, own));
        } catch (UnknownHostException e) {
            throw new SidecarFailure(
                    "the target's resolv.conf names a nameserver that is no address: "
                            + e.getMessage(),
                    e);
        }
        names.target(resolver.domains(), ipv6);
        addresses.target(taken);
        if (prepared.kernel()) {
            RulesInstaller.addAddresses(four, six);
        }
        held.onTarget();
    }

    /** From here on the app's ports are served with the target's traffic. */
    void watchPorts() {
        if (subscriptions.isPresent()) {
            ports.watch(bound, new Watch());
        }
        hints.ifPresent(IncomingHints::start);
    }

    /**
     * @param byPort what the kubelet asks the target's containers for
     */
    void probes(Map<Integer, String> byPort) {
        hints.ifPresent(each -> each.probes(byPort));
    }

    /**
     * Completes when the rules are in place: what the app sends is held from then on. Fails with a
     * {@link SidecarFailure}.
     */
    CompletableFuture<Void> installed() {
        return installed;
    }

    private QueueForm install(CaptureRules rules) {
        QueueForm form =
                prepared.kernel()
                        ? RulesInstaller.install(rules, prepared.queue().isPresent())
                        : QueueForm.NONE;
        Log.line("rules installed", "queue", form, "tcp", rules.tcpPort(), "udp", rules.udpPort());
        if (form == QueueForm.NONE) {
            notices.accept(
                    "this kernel has no netfilter queue: connections are accepted first and reset"
                            + " when the target cannot be reached");
        }
        return form;
    }

    private void startQueue() {
        prepared.queue()
                .ifPresent(
                        queue ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name("mirrord-queue")
                                        .start(() -> serve(queue)));
    }

    private void serve(PacketQueue queue) {
        try {
            queue.run(
                    (id, packet) -> {
                        Verdict verdict = new Verdict(queue, id);
                        Flow.of(packet)
                                .ifPresentOrElse(
                                        flow -> onHeld(flow, packet, verdict), verdict::stay);
                    });
        } catch (ErrnoException e) {
            Log.line("queue ends", "why", e.getMessage());
        }
    }

    private void onHeld(Flow flow, ByteBuffer packet, Verdict verdict) {
        if (errors.isCarrier(flow)) {
            errors.onHeld(flow, packet, verdict);
        } else {
            held.onHeld(flow, Flow.sequence(packet), verdict);
        }
    }

    private CaptureRules rules(
            Bootstrap bootstrap, NamespaceFacts facts, int tcpPort, int udpPort) {
        NetworkConfig config = bootstrap.config().network();
        List<Prefix> exempt = new ArrayList<>();
        facts.gateways().forEach(gateway -> exempt.add(new Prefix(gateway, 32)));
        if (!bootstrap.networks().isEmpty()) {
            exempt.addAll(facts.subnets());
        }
        for (InetAddress address :
                EngineHosts.reachable(
                        prepared.hosts(), facts.subnets(), bootstrap.hostGatewayNames())) {
            exempt.add(new Prefix(address, address.getAddress().length * 8));
        }
        return new CaptureRules(
                tcpPort,
                udpPort,
                config.dns().enabled(),
                config.outgoing().tcp(),
                config.outgoing().udp(),
                !config.outgoing().filter().equals(OutgoingFilter.NONE),
                config.outgoing().tcp() && !config.outgoing().ignoreLocalhost(),
                bootstrap.dnsUpstream().filter(any -> config.dns().enabled()),
                facts.addresses(),
                exempt);
    }

    /** What the app listens on goes to those who subscribe it and to those who explain it. */
    private final class Watch implements AppPorts.Listener {
        @Override
        public void onPorts(SortedMap<Integer, List<ListenAddress>> tcp) {
            subscriptions.ifPresent(all -> all.onPorts(tcp));
            hints.ifPresent(each -> each.onPorts(tcp));
        }

        @Override
        public void onUdpPorts(SortedMap<Integer, List<ListenAddress>> udp) {
            udpSubscriptions.ifPresent(all -> all.onPorts(udp));
            udpHints.onPorts(udp);
            if (udp.keySet().stream().anyMatch(port -> !udpPorts.test(port))) {
                hints.ifPresent(IncomingHints::servesDatagrams);
            }
        }
    }

    private Optional<Subscriptions> subscriptions(
            PortProtocol protocol, PortPolicy policy, Counters counters) {
        Optional<dev.mirrord.protocol.IncomingMode> mode = mode(config.incoming().mode());
        return mode.map(taken -> new Subscriptions(taken, protocol, policy, notices, counters));
    }

    private static Optional<dev.mirrord.protocol.IncomingMode> mode(IncomingMode mode) {
        return switch (mode) {
            case MIRROR -> Optional.of(dev.mirrord.protocol.IncomingMode.MIRROR);
            case STEAL -> Optional.of(dev.mirrord.protocol.IncomingMode.STEAL);
            case OFF -> Optional.empty();
        };
    }

    private static Resolver local(Bootstrap bootstrap) {
        return new PlainResolver(servers(bootstrap.nameservers()));
    }

    private static Optional<Resolver> engine(Bootstrap bootstrap) {
        return bootstrap.networks().isEmpty()
                ? Optional.empty()
                : Optional.of(new PlainResolver(servers(bootstrap.engineNameservers())));
    }

    private static List<InetSocketAddress> servers(List<String> addresses) {
        return addresses.stream().map(text -> new InetSocketAddress(text, 53)).toList();
    }
}
