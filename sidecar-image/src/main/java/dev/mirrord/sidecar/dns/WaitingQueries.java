package dev.mirrord.sidecar.dns;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives queries IDs of their own on one way and finds them again when the answers come. */
final class WaitingQueries {
    private static final int TIMEOUT_SECONDS = 6;

    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(byte[] query, CompletableFuture<byte[]> answer) {}

    /** The query under its new ID; {@code answer} completes with the ID that it came with. */
    byte[] add(byte[] query, CompletableFuture<byte[]> answer) {
        int id = next.incrementAndGet() & 0xffff;
        waiting.put(id, new Waiting(query, answer));
        answer.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, error) -> waiting.remove(id));
        return DnsMessage.withId(query, id);
    }

    void answered(byte[] answer) {
        if (answer.length < DnsMessage.HEADER) {
            return;
        }
        int id = (answer[0] & 255) << 8 | (answer[1] & 255);
        Waiting found = waiting.remove(id);
        if (found != null) {
            int own = (found.query()[0] & 255) << 8 | (found.query()[1] & 255);
            found.answer().complete(DnsMessage.withId(answer, own));
        }
    }

    void failAll(String why) {
        waiting.values().forEach(each -> each.answer().completeExceptionally(new IOException(why)));
    }
}
