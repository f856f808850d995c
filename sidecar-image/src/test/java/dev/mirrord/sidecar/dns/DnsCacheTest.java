package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DnsCacheTest {
    private final AtomicLong clock = new AtomicLong(1000);
    private final DnsCache cache = new DnsCache(clock::get);

    private static DnsMessage query(String name) {
        return DnsMessage.parse(DnsMessage.query(7, name, DnsMessage.A)).orElseThrow();
    }

    private static DnsMessage answer(DnsMessage query, int ttl) throws Exception {
        return DnsMessage.parse(query.addresses(List.of(InetAddress.getByName("10.0.0.1")), ttl))
                .orElseThrow();
    }

    @Test
    void anAnswerIsKeptAsLongAsItsTtl() throws Exception {
        DnsMessage query = query("a.example");
        cache.put(query, answer(query, 10));
        clock.addAndGet(9);
        assertThat(DnsMessage.parse(cache.get(query).orElseThrow()).orElseThrow().lifetime())
                .isEqualTo(1);
        clock.addAndGet(1);
        assertThat(cache.get(query)).isEmpty();
        assertThat(cache.size()).isZero();
    }

    @Test
    void whatMayNotBeKeptIsNot() throws Exception {
        DnsMessage query = query("a.example");
        cache.put(query, answer(query, 0));
        cache.put(query, DnsMessage.parse(query.empty(DnsMessage.SERVFAIL)).orElseThrow());
        cache.put(query, DnsMessage.parse(query.truncated(0)).orElseThrow());
        assertThat(cache.get(query)).isEmpty();
    }

    @Test
    void theNumberOfAnswersIsBounded() throws Exception {
        for (int i = 0; i < 5000; i++) {
            DnsMessage query = query("n" + i + ".example");
            cache.put(query, answer(query, 100));
        }
        assertThat(cache.size()).isLessThanOrEqualTo(4096);
        assertThat(cache.get(query("n4999.example"))).isPresent();
        assertThat(cache.get(query("n1.example"))).isEmpty();
    }
}
