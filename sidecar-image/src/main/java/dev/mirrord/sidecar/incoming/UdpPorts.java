package dev.mirrord.sidecar.incoming;

import dev.mirrord.config.IncomingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * UDP ports of the app that do not stand for one of the target, whatever else the configuration
 * says: those that the kernel chooses for clients (ip_local_port_range in ip(7)), unless the user
 * names them, and those that an HTTP filter holds for.
 */
public final class UdpPorts implements IntPredicate {
    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private final IncomingConfig config;
    private final Set<Integer> named;
    private final int first;
    private final int last;

    UdpPorts(IncomingConfig config, int first, int last) {
        Set<Integer> all = new HashSet<>(config.portMapping().keySet());
        config.ports().ifPresent(all::addAll);
        all.addAll(config.listenPorts().values());
        this.config = config;
        this.named = Set.copyOf(all);
        this.first = first;
        this.last = last;
    }

    /** With the range of this network namespace. */
    public static UdpPorts of(IncomingConfig config) {
        try {
            String[] range = Files.readString(RANGE).strip().split("\\s+");
            return new UdpPorts(config, Integer.parseInt(range[0]), Integer.parseInt(range[1]));
        } catch (IOException | RuntimeException e) {
            return new UdpPorts(config, 32_768, 60_999);
        }
    }

    @Override
    public boolean test(int port) {
        return isClients(port) || isFiltered(port);
    }

    /** Whole ports are not given to somebody who asked for some requests. */
    boolean isFiltered(int port) {
        return config.filter(port).isPresent();
    }

    /** True for a port that the app has as a client. */
    boolean isClients(int port) {
        return port >= first && port <= last && !named.contains(port);
    }
}
