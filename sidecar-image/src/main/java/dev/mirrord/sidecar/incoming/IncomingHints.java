package dev.mirrord.sidecar.incoming;

import dev.mirrord.protocol.IncomingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells the user, once each, why the app may not get the traffic that was meant for it. */
public final class IncomingHints {
    private static final int QUIET_SECONDS = 10;

    private final IncomingMode mode;
    private final PortPolicy policy;
    private final Consumer<String> notices;
    private final Set<Integer> said = new HashSet<>();
    private SortedSet<Integer> served = new TreeSet<>();
    private SortedSet<Integer> own = new TreeSet<>();
    private Map<Integer, String> probes = Map.of();
    private boolean listened;

    public IncomingHints(IncomingMode mode, PortPolicy policy, Consumer<String> notices) {
        this.mode = mode;
        this.policy = policy;
        this.notices = notices;
    }

    /**
     * @param ports on which containers of the target serve, as declared or as seen
     * @param ofContainer those of the container that the app stands in for
     */
    public synchronized void served(Collection<Integer> ports, Collection<Integer> ofContainer) {
        served = new TreeSet<>(ports);
        own = new TreeSet<>(ofContainer);
    }

    /**
     * @param byPort what the kubelet asks the target's containers for
     */
    public synchronized void probes(Map<Integer, String> byPort) {
        probes = Map.copyOf(byPort);
    }

    /** The app is running from here on. */
    public void start() {
        CompletableFuture.delayedExecutor(QUIET_SECONDS, TimeUnit.SECONDS).execute(this::quiet);
    }

    synchronized void quiet() {
        if (!listened && !served.isEmpty()) {
            notices.accept(
                    "the app has not listened on any port for %d s: what arrives at the target's %s does not"
                                    .formatted(QUIET_SECONDS, named(served))
                            + " reach it");
        }
    }

    /** The whole picture of what the app listens on. */
    public synchronized void onPorts(SortedMap<Integer, List<ListenAddress>> ports) {
        SortedMap<Integer, Integer> toTarget = new TreeMap<>();
        ports.forEach(
                (port, addresses) ->
                        policy.targetPort(port, addresses)
                                .ifPresent(target -> toTarget.put(port, target)));
        listened |= !toTarget.isEmpty();
        List<Integer> strange = new ArrayList<>();
        toTarget.forEach(
                (port, target) -> {
                    if (!served.isEmpty() && !served.contains(target) && said.add(target)) {
                        strange.add(port);
                    }
                    if (policy.takesProbes(port)) {
                        probe(target);
                    }
                });
        if (!strange.isEmpty()) {
            unserved(strange, toTarget);
        }
    }

    /** The app serves a UDP port. */
    public synchronized void servesDatagrams() {
        listened = true;
    }

    private void unserved(List<Integer> strange, SortedMap<Integer, Integer> toTarget) {
        SortedSet<Integer> free = new TreeSet<>(own);
        free.removeAll(toTarget.values());
        String mapping =
                free.isEmpty()
                        ? ""
                        : "; to give it the target's traffic: \"feature\": {\"network\":"
                                + " {\"incoming\":"
                                + " {\"port_mapping\": [[%d, %d]]}}}"
                                        .formatted(strange.getFirst(), free.first());
        notices.accept(
                "the app listens on %s, which no container of the target serves (the target serves %s, the app %s)%s"
                        .formatted(named(strange), list(served), list(toTarget.keySet()), mapping));
    }

    private void probe(int target) {
        String probe = probes.get(target);
        if (mode == IncomingMode.STEAL && probe != null && said.add(-target)) {
            notices.accept(
                    "port %d is stolen and the kubelet's %s uses it: the app has to answer, or the kubelet"
                                    .formatted(target, probe)
                            + " takes the pod for broken");
        }
    }

    private static String named(Collection<Integer> ports) {
        return (ports.size() == 1 ? "port " : "ports ") + list(ports);
    }

    private static String list(Collection<Integer> ports) {
        return ports.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
