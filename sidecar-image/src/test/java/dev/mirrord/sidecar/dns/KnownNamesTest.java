package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownNamesTest {
    private static final InetAddress INGRESS = InetAddress.ofLiteral("10.96.0.1");

    private final KnownNames names = new KnownNames();

    @Test
    void everyNameThatLedToAnAddressIsKnown() {
        add("a.example");
        add("b.example");

        assertThat(names.namesOf(INGRESS)).containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(names.namesOf(InetAddress.ofLiteral("10.96.0.2"))).isEmpty();
    }

    @Test
    void ofAnAddressWithEndlessNamesTheLatestAreKept() {
        add("kept.example");
        for (int i = 0; i < 5000; i++) {
            add("n" + i + ".example");
            add("kept.example");
        }

        assertThat(names.namesOf(INGRESS)).hasSize(256).contains("n4999.example", "kept.example");
    }

    private void add(String name) {
        DnsMessage query = DnsMessage.parse(DnsMessage.query(1, name, DnsMessage.A)).orElseThrow();
        names.add(DnsMessage.parse(query.addresses(List.of(INGRESS), 5)).orElseThrow());
    }
}
