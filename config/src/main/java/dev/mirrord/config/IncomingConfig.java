package dev.mirrord.config;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * @param portMapping the app's port → the target's
 * @param listenPorts the port the app asks for → the one it really listens on
 * @param ports if present, only these ports of the app are served with incoming traffic
 * @param ignorePorts ports of the app that never are
 * @param ignoreLocalhost true: a port that the app opens on loopback only is not taken
 * @param httpFilter the requests that are the app's; empty: all that arrives
 */
public record IncomingConfig(
        IncomingMode mode,
        SortedMap<Integer, Integer> portMapping,
        SortedMap<Integer, Integer> listenPorts,
        Optional<SortedSet<Integer>> ports,
        SortedSet<Integer> ignorePorts,
        boolean ignoreLocalhost,
        Optional<HttpFilterConfig> httpFilter,
        TlsConfig tls) {

    static IncomingConfig of(
            IncomingMode mode,
            Map<Integer, Integer> portMapping,
            Map<Integer, Integer> listenPorts,
            Optional<Set<Integer>> ports,
            Set<Integer> ignorePorts,
            boolean ignoreLocalhost,
            Optional<HttpFilterConfig> httpFilter,
            TlsConfig tls) {
        return new IncomingConfig(
                mode,
                Collections.unmodifiableSortedMap(new TreeMap<>(portMapping)),
                Collections.unmodifiableSortedMap(new TreeMap<>(listenPorts)),
                ports.map(p -> Collections.unmodifiableSortedSet(new TreeSet<>(p))),
                Collections.unmodifiableSortedSet(new TreeSet<>(ignorePorts)),
                ignoreLocalhost,
                httpFilter,
                tls);
    }

    /**
     * The target's port that stands for a port of the app; empty if that port is not to be taken.
     *
     * @param listening the port on which the app really listens
     */
    public Optional<Integer> targetPort(int listening) {
        int asked = asked(listening);
        boolean taken =
                mode != IncomingMode.OFF
                        && !ignorePorts.contains(asked)
                        && (ports.isEmpty() || ports.get().contains(asked));
        return taken ? Optional.of(portMapping.getOrDefault(asked, asked)) : Optional.empty();
    }

    /** What the agent is told of the requests that are wanted at a port of the app. */
    public Optional<String> filter(int listening) {
        int asked = asked(listening);
        return httpFilter
                .filter(filter -> filter.ports().isEmpty() || filter.ports().get().contains(asked))
                .map(HttpFilterConfig::json);
    }

    /** What the agent is told of TLS at a port of the app that is filtered. */
    public Optional<String> tls(int listening) {
        return filter(listening).flatMap(filtered -> tls.at(asked(listening)));
    }

    /** The same with other certificates and keys. */
    public IncomingConfig with(TlsConfig other) {
        return new IncomingConfig(
                mode,
                portMapping,
                listenPorts,
                ports,
                ignorePorts,
                ignoreLocalhost,
                httpFilter,
                other);
    }

    private int asked(int listening) {
        return listenPorts.entrySet().stream()
                .filter(entry -> entry.getValue() == listening)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(listening);
    }
}
