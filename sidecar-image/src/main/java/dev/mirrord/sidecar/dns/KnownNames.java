package dev.mirrord.sidecar.dns;

import dev.mirrord.config.filter.ResolvedNames;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Remembers which names led to an address, so that a filter with names can decide about it: the
 * latest ones of each, and the addresses that were asked for or used last.
 */
public final class KnownNames implements ResolvedNames {
    private static final int MOST = 8192;
    private static final int MOST_OF_ONE = 256;

    private final LinkedHashMap<InetAddress, SequencedSet<String>> names =
            new LinkedHashMap<>(64, 0.75f, true);

    public synchronized void add(DnsMessage answer) {
        for (InetAddress address : answer.addresses()) {
            SequencedSet<String> of = names.computeIfAbsent(address, _ -> new LinkedHashSet<>());
            of.addLast(answer.question().name());
            if (of.size() > MOST_OF_ONE) {
                of.removeFirst();
            }
        }
        while (names.size() > MOST) {
            names.remove(names.sequencedKeySet().getFirst());
        }
    }

    @Override
    public synchronized Set<String> namesOf(InetAddress address) {
        SequencedSet<String> of = names.get(address);
        return of == null ? Set.of() : Set.copyOf(of);
    }
}
