package dev.mirrord.sidecar.incoming;

import dev.mirrord.config.IncomingConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Tells the user, once each, why a UDP port of the app does not get the target's datagrams. */
public final class UdpHints {
    private static final String FILTER = "feature.network.incoming.http_filter";

    private final IncomingConfig config;
    private final UdpPorts ports;
    private final Consumer<String> notices;
    private final Set<Integer> said = new HashSet<>();

    public UdpHints(IncomingConfig config, UdpPorts ports, Consumer<String> notices) {
        this.config = config;
        this.ports = ports;
        this.notices = notices;
    }

    /** The whole picture of what the app has bound. */
    public void onPorts(SortedMap<Integer, List<ListenAddress>> bound) {
        boolean listed = config.httpFilter().flatMap(filter -> filter.ports()).isPresent();
        for (int port : bound.keySet()) {
            boolean held =
                    ports.isFiltered(port)
                            && !ports.isClients(port)
                            && config.targetPort(port).isPresent();
            if (held && said.add(port)) {
                notices.accept(
                        "UDP port %d stays with the target: an HTTP filter cannot judge datagrams; to give the app all of them, "
                                        .formatted(port)
                                + (listed
                                        ? "leave the port out of " + FILTER + ".ports"
                                        : "name the filter's TCP ports in " + FILTER + ".ports"));
            }
        }
    }
}
