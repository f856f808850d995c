package dev.mirrord.agent.incoming;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What of one port the sidecar did not get since it was last told; any thread counts. */
public final class Losses {
    private final Map<Kind, AtomicLong> counts = new EnumMap<>(Kind.class);

    /**
     * Why there is no copy; the field is its name in the {@code lost} notice (docs/protocol.md).
     */
    public enum Kind {
        /** Connections that were open before the port was mirrored. */
        OPEN_BEFORE("openBefore"),
        /** Connections of which packets are missing, or cannot be told apart. */
        INCOMPLETE("incomplete"),
        /** Connections that brought more than tunnel or app took. */
        TOO_SLOW("tooSlow"),
        /** Packets that the kernel had no room for, of all ports together. */
        PACKETS("packets"),
        /** Datagrams that came faster than tunnel or app took them. */
        DATAGRAMS("datagrams");

        private final String field;

        Kind(String field) {
            this.field = field;
        }
    }

    public Losses() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicLong());
        }
    }

    public void add(Kind kind, long number) {
        AtomicLong count = counts.get(kind);
        if (count != null) {
            count.addAndGet(number);
        }
    }

    /** Gives the JSON of what is new to {@code to}, if there is anything. */
    public void tell(Consumer<String> to) {
        Map<Kind, Long> fresh = new EnumMap<>(Kind.class);
        counts.forEach(
                (kind, count) -> {
                    long number = count.getAndSet(0);
                    if (number > 0) {
                        fresh.put(kind, number);
                    }
                });
        if (!fresh.isEmpty()) {
            to.accept(
                    fresh.entrySet().stream()
                            .map(each -> "\"" + each.getKey().field + "\":" + each.getValue())
                            .collect(Collectors.joining(",", "{\"lost\":{", "}}")));
        }
    }
}
