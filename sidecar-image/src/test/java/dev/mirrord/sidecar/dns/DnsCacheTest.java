package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
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
    void anAnswerWithACookieIsForItsAskerAlone() throws Exception {
        DnsMessage query = query("a.example");
        cache.put(
                query,
                withOption(answer(query, 10), HexFormat.of().parseHex("000a00080102030405060708")));
        assertThat(cache.get(query)).isEmpty();
        cache.put(query, withOption(answer(query, 10), new byte[0]));
        assertThat(cache.get(query)).isPresent();
    }

    /** With an OPT record (RFC 6891) that holds {@code data}. */
    private static DnsMessage withOption(DnsMessage message, byte[] data) {
        byte[] bytes = message.bytes();
        ByteBuffer longer = ByteBuffer.allocate(bytes.length + 11 + data.length);
        longer.put(bytes).put(HexFormat.of().parseHex("00002904d000000000"));
        longer.putShort((short) data.length).put(data);
        longer.putShort(10, (short) (longer.getShort(10) + 1));
        return DnsMessage.parse(longer.array()).orElseThrow();
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
