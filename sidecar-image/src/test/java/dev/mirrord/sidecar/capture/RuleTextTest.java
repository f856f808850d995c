package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleTextTest {
    private static CaptureRules rules(
            boolean dns, boolean tcp, boolean udp, boolean udpFilter, boolean loopback)
            throws Exception {
        return new CaptureRules(
                4001,
                4002,
                dns,
                tcp,
                udp,
                udpFilter,
                loopback,
                dns ? Optional.of("127.0.0.153") : Optional.empty(),
                List.of(InetAddress.getByName("172.20.0.5")),
                List.of(
                        new Prefix(InetAddress.getByName("172.20.0.5"), 16),
                        new Prefix(InetAddress.getByName("fd00::5"), 64)));
    }

    @Test
    void newConnectionsAreHeldAndWhatNobodyAnswersIsRejected() throws Exception {
        String text = RuleText.nftables(rules(true, true, true, false, true), QueueForm.NFTABLES);
        assertThat(text)
                .startsWith("table inet mirrord\ndelete table inet mirrord\n")
                .contains("meta mark 0x4d520004 queue num 19794 bypass")
                .contains("meta mark 0x4d520004 meta l4proto tcp reject with tcp reset")
                .contains("tproxy ip to 127.0.0.1:4001", "tproxy ip6 to [::1]:4002")
                .contains(
                        "ip daddr 172.20.0.5/16 accept", "ip6 daddr fd00:0:0:0:0:0:0:5/64 accept");
    }

    @Test
    void xtablesBringTheQueueInATableOfTheirOwn() throws Exception {
        assertThat(RuleText.nftables(rules(true, true, true, false, true), QueueForm.IPTABLES_NFT))
                .doesNotContain("queue num");
        assertThat(RuleText.iptables())
                .contains("--mark 0x4d520004 -j NFQUEUE --queue-num 19794 --queue-bypass");
    }

    @Test
    void withoutAQueueConnectionsAreTakenAtOnceAndLoopbackStays() throws Exception {
        String text = RuleText.nftables(rules(true, true, true, false, true), QueueForm.NONE);
        assertThat(text)
                .contains("== syn ct mark set 0x4d520002 meta mark set 0x4d520002 accept")
                .contains("chain loopback {\n    accept\n");
    }

    @Test
    void withoutDnsPort53IsNobodysBusiness() throws Exception {
        String text =
                RuleText.nftables(rules(false, true, true, false, true), QueueForm.IPTABLES_NFT);
        assertThat(text)
                .contains("meta l4proto { tcp, udp } th dport 53 accept")
                .doesNotContain("127.0.0.153");
    }

    @Test
    void whatIsTurnedOffIsNotCaptured() throws Exception {
        String text =
                RuleText.nftables(rules(true, false, false, false, false), QueueForm.IPTABLES_NFT);
        String capture = text.substring(text.indexOf("chain capture"));
        assertThat(capture.substring(0, capture.indexOf('}')))
                .doesNotContain("meta l4proto tcp drop", "meta l4proto udp");
    }

    @Test
    void aFilterDecidesEachFlowOfDatagrams() throws Exception {
        assertThat(RuleText.nftables(rules(true, true, true, true, true), QueueForm.IPTABLES_NFT))
                .contains("meta l4proto udp meta mark set 0x4d520004 accept");
    }
}
