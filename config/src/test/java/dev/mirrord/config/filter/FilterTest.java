package dev.mirrord.config.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final Destination WEB =
            new Destination(Transport.TCP, InetAddress.ofLiteral("10.0.0.1"), 80);

    @Test
    void withoutRulesEverythingIsRemote() {
        assertThat(OutgoingFilter.NONE.decide(WEB, ResolvedNames.NONE)).isEqualTo(Side.REMOTE);
        assertThat(DnsFilter.NONE.decide("a.b")).isEqualTo(Side.REMOTE);
    }

    @Test
    void whatARemoteRuleDoesNotMatchIsLocal() {
        assertThat(outgoing(Side.REMOTE, ":80").decide(WEB, ResolvedNames.NONE))
                .isEqualTo(Side.REMOTE);
        assertThat(outgoing(Side.REMOTE, ":81").decide(WEB, ResolvedNames.NONE))
                .isEqualTo(Side.LOCAL);
        assertThat(outgoing(Side.REMOTE).decide(WEB, ResolvedNames.NONE)).isEqualTo(Side.LOCAL);
    }

    @Test
    void whatALocalRuleDoesNotMatchIsRemote() {
        assertThat(outgoing(Side.LOCAL, ":80", ":82").decide(WEB, ResolvedNames.NONE))
                .isEqualTo(Side.LOCAL);
        assertThat(outgoing(Side.LOCAL, ":81").decide(WEB, ResolvedNames.NONE))
                .isEqualTo(Side.REMOTE);
    }

    @Test
    void theNamesAmongTheRulesAreKnown() {
        assertThat(outgoing(Side.LOCAL, "tcp://Db.X:1", "10.0.0.1", ":80").names())
                .containsExactly("db.x");
    }

    @Test
    void aQueryIsMatchedByNameWhateverThePort() {
        DnsFilter filter = dns("shop:5432", "10.0.0.0/8");

        assertThat(filter.decide("db.shop.svc.cluster.local.")).isEqualTo(Side.LOCAL);
        assertThat(filter.decide("example.org.")).isEqualTo(Side.REMOTE);
    }

    @Test
    void aReverseQueryIsMatchedByItsAddress() {
        DnsFilter filter = dns("10.1.0.0/16", "fd00::/16");

        assertThat(filter.decide("4.3.1.10.in-addr.arpa.")).isEqualTo(Side.LOCAL);
        assertThat(filter.decide("4.3.2.10.in-addr.arpa")).isEqualTo(Side.REMOTE);
        assertThat(filter.decide("1." + "0.".repeat(27) + "0.0.d.f.ip6.arpa."))
                .isEqualTo(Side.LOCAL);
        assertThat(filter.decide("1." + "0.".repeat(27) + "1.0.d.f.ip6.arpa."))
                .isEqualTo(Side.REMOTE);
    }

    @Test
    void aMalformedReverseNameIsOnlyAName() {
        DnsFilter filter = dns("0.0.0.0/0");

        for (String name :
                List.of(
                        "x.in-addr.arpa",
                        "999.1.1.1.in-addr.arpa",
                        "4294967295.1.1.1.in-addr.arpa",
                        "1.1.in-addr.arpa",
                        "1.ip6.arpa")) {
            assertThat(filter.decide(name)).as(name).isEqualTo(Side.REMOTE);
        }
    }

    private static OutgoingFilter outgoing(Side side, String... rules) {
        return new OutgoingFilter(side, Stream.of(rules).map(RuleParser::outgoing).toList());
    }

    private static DnsFilter dns(String... rules) {
        return new DnsFilter(Side.LOCAL, Stream.of(rules).map(RuleParser::dns).toList());
    }
}
