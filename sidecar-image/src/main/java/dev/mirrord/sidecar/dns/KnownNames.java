package dev.mirrord.sidecar.dns;

import dev.mirrord.config.filter.ResolvedNames;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;

/** Remembers which names led to an address, so that a filter with names can decide about it. */
public final class KnownNames implements ResolvedNames {
    private static final int MOST = 8192;

    private final LinkedHashMap<InetAddress, Set<String>> names =
            new LinkedHashMap<>(64, 0.75f, true);

    public synchronized void add(DnsMessage answer) {
        for (InetAddress address : answer.addresses()) {
            names.computeIfAbsent(address, any -> new HashSet<>()).add(answer.question().name());
        }
        while (names.size() > MOST) {
            names.remove(names.sequencedKeySet().getFirst());
        }
    }

    @Override
    public synchronized Set<String> namesOf(InetAddress address) {
        return Set.copyOf(names.getOrDefault(address, Set.of()));
    }
}
