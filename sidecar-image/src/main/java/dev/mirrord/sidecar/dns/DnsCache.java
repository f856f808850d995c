package dev.mirrord.sidecar.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Answers, kept as long as their TTL allows and bounded in number and size. Safe for threads. */
public final class DnsCache {
    private static final int MOST_ENTRIES = 4096;
    private static final int MOST_BYTES = 2 << 20;
    private static final long LONGEST_SECONDS = 3600;
    private static final long LONGEST_NEGATIVE_SECONDS = 30;

    private final LongSupplier seconds;
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private int bytes;

    private record Key(DnsMessage.Question question, int variant) {}

    private record Entry(DnsMessage answer, long since, long until) {}

    /**
     * @param seconds a clock that only goes forward
     */
    public DnsCache(LongSupplier seconds) {
        this.seconds = seconds;
    }

    public synchronized Optional<byte[]> get(DnsMessage query) {
        Key key = key(query);
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        long now = seconds.getAsLong();
        if (now >= entry.until()) {
            remove(key);
            return Optional.empty();
        }
        return Optional.of(entry.answer().answerTo(query, now - entry.since()));
    }

    public synchronized void put(DnsMessage query, DnsMessage answer) {
        long longest = answer.isPositive() ? LONGEST_SECONDS : LONGEST_NEGATIVE_SECONDS;
        long lifetime = Math.min(answer.lifetime(), longest);
        if (lifetime <= 0 || answer.hasOptions() || !answer.question().equals(query.question())) {
            return;
        }
        long now = seconds.getAsLong();
        Key key = key(query);
        remove(key);
        entries.put(key, new Entry(answer, now, now + lifetime));
        bytes += answer.bytes().length;
        while (entries.size() > MOST_ENTRIES || bytes > MOST_BYTES) {
            Map.Entry<Key, Entry> oldest = entries.sequencedEntrySet().getFirst();
            remove(oldest.getKey());
        }
    }

    public synchronized int size() {
        return entries.size();
    }

    private void remove(Key key) {
        Entry removed = entries.remove(key);
        if (removed != null) {
            bytes -= removed.answer().bytes().length;
        }
    }

    private static Key key(DnsMessage query) {
        return new Key(query.question(), query.variant());
    }
}
