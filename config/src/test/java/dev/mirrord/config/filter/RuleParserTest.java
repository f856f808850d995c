package dev.mirrord.config.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleParserTest {
    @ParameterizedTest
    @CsvSource({
        "db, tcp:10.0.0.5:5432, true",
        "db:5432, tcp:10.0.0.5:5432, true",
        "db:5433, tcp:10.0.0.5:5432, false",
        "DB.shop, udp:10.0.0.5:1, true",
        "db:0, tcp:10.0.0.5:5432, true",
        "other, tcp:10.0.0.5:5432, false",
        "*.shop.svc.cluster.local, tcp:10.0.0.5:5432, true",
        "*.shop, tcp:10.0.0.5:5432, true",
        "d?.shop:5432, tcp:10.0.0.5:5432, true",
        "d?.shop:5433, tcp:10.0.0.5:5432, false",
        "tcp://*b.Shop.*, tcp:10.0.0.5:5432, true",
        "*.db.shop, tcp:10.0.0.5:5432, false",
        "*:5432, tcp:fd00::1:5432, true",
        "*, udp:fd00::1:5432, true",
        "*:5432, tcp:fd00::1:5433, false",
        "tcp://db, tcp:10.0.0.5:1, true",
        "tcp://db, udp:10.0.0.5:1, false",
        "udp://db:53, udp:10.0.0.5:53, true",
        "any://db, udp:10.0.0.5:53, true",
        "TCP://10.0.0.5, tcp:10.0.0.5:53, true",
        "10.0.0.5, tcp:10.0.0.5:53, true",
        "10.0.0.5:53, tcp:10.0.0.5:54, false",
        "10.0.0.0/8, tcp:10.0.0.5:54, true",
        "10.0.0.0/8:54, tcp:10.0.0.5:54, true",
        "10.0.0.0/8:55, tcp:10.0.0.5:54, false",
        "10.0.0.4/31, tcp:10.0.0.5:54, true",
        "10.0.0.6/31, tcp:10.0.0.5:54, false",
        "11.0.0.0/8, tcp:10.0.0.5:54, false",
        "0.0.0.0/0, tcp:10.0.0.5:54, true",
        "0.0.0.0/0, tcp:fd00::1:54, false",
        "0.0.0.0:54, tcp:fd00::1:54, true",
        ":54, tcp:fd00::1:54, true",
        "udp://:54, tcp:fd00::1:54, false",
        "fd00::1, tcp:fd00::1:54, true",
        "[fd00::1]:54, tcp:fd00::1:54, true",
        "[fd00::1]:55, tcp:fd00::1:54, false",
        "fd00::/8, tcp:fd00::1:54, true",
        "[fd00::/8]:54, tcp:fd00::1:54, true",
        "[fd00::]/8:54, tcp:fd00::1:54, true",
        "fe80::/10, tcp:fd00::1:54, false",
        "::/0, tcp:10.0.0.5:54, false",
    })
    void aRuleMatches(String rule, String destination, boolean matches) {
        Destination to = destination(destination);
        ResolvedNames names =
                address ->
                        address.equals(InetAddress.ofLiteral("10.0.0.5"))
                                ? java.util.Set.of("db.shop.svc.cluster.local.")
                                : java.util.Set.of();

        Rule parsed = RuleParser.outgoing(rule);

        assertThat(parsed.matches(to, names)).isEqualTo(matches);
        assertThat(RuleParser.outgoing(parsed.toString())).isEqualTo(parsed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://x",
                "a b",
                "db:x",
                "db:70000",
                "300.1.1.1",
                "10.0.0.0/33",
                "10.0.0.0/x",
                "db/8",
                "fd00::1::2",
                "[fd00::/129]:1",
                "tcp://",
            })
    void whatIsNoRuleIsRefusedByItsText(String text) {
        assertThatThrownBy(() -> RuleParser.outgoing(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no filter: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.*.*|wildcards work in names only; write addresses as a network, such as"
                        + " 10.0.0.0/16",
                "10.0.0.?:80|wildcards work in names only; write addresses as a network, such as"
                        + " 10.0.0.0/16",
                "[fd00::*]:80|wildcards work in names only; write addresses as a network, such as"
                        + " 10.0.0.0/16",
                "10.0.0.0/*|wildcards work in names only; write addresses as a network, such as"
                        + " 10.0.0.0/16",
                "db:*|wildcards work in names only; no port means every port",
                "db:54??|wildcards work in names only; no port means every port",
            })
    void aWildcardOutsideOfANameIsRefusedWithWhatToWrite(String text, String why) {
        assertThatThrownBy(() -> RuleParser.outgoing(text))
                .hasMessage("\"%s\" is no filter: %s", text, why);
    }

    @Test
    void aProtocolHasNoMeaningForDns() {
        assertThatThrownBy(() -> RuleParser.dns("tcp://db"))
                .hasMessage("\"tcp://db\" is no filter: a protocol has no meaning for DNS");
    }

    private static Destination destination(String text) {
        int first = text.indexOf(':');
        int last = text.lastIndexOf(':');
        return new Destination(
                text.startsWith("tcp") ? Transport.TCP : Transport.UDP,
                InetAddress.ofLiteral(text.substring(first + 1, last)),
                Integer.parseInt(text.substring(last + 1)));
    }
}
