package dev.mirrord.config.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(outgoing(Side.LOCAL, "tcp://Db.X:1", "10.0.0.1", ":80", "*.Y", "*").names())
                .containsExactly("db.x", "*.y");
    }

    @Test
    void aQueryIsMatchedByNameWhateverThePort() {
        DnsFilter filter = dns("shop:5432", "10.0.0.0/8");

        assertThat(filter.decide("db.shop.svc.cluster.local.")).isEqualTo(Side.LOCAL);
        assertThat(filter.decide("example.org.")).isEqualTo(Side.REMOTE);
    }

    @ParameterizedTest
    @CsvSource({
        "*.example.com, api.example.com, LOCAL",
        "*.example.com, a.b.Example.com., LOCAL",
        "*.example.com, example.com, REMOTE",
        "*.example.com, api.example.community, REMOTE",
        "*.example.com, api.example.com.default.svc.cluster.local, LOCAL",
        "*-db, shop-db.default.svc.cluster.local, LOCAL",
        "*-db, shop-dbx.default.svc.cluster.local, REMOTE",
        "api-*, api-1.shop.svc, LOCAL",
        "api-*, my-api-1.shop.svc, REMOTE",
        "api-?.shop, api-1.shop, LOCAL",
        "api-?.shop, api-12.shop, REMOTE",
        "a*b*c, axxbxxbxxc, LOCAL",
        "a*b*c, axxbxxbxx, REMOTE",
        "**.x, y.x, LOCAL",
        "*, anything, LOCAL",
        "?*, ., REMOTE",
    })
    void wildcardsMatchAWholeNameOrItsFirstLabels(String rule, String name, Side side) {
        assertThat(dns(rule).decide(name)).isEqualTo(side);
    }

    @Test
    void aPatternOfManyStarsIsDecidedAtOnce() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () ->
                        assertThat(dns("*a".repeat(60) + "b").decide("a".repeat(253)))
                                .isEqualTo(Side.REMOTE));
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
