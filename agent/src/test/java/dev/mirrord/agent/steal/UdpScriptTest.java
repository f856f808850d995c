package dev.mirrord.agent.steal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UdpScriptTest {
    private static final UdpScript SCRIPT = new UdpScript(47_000);

    @Test
    void theTableBelongsToItsMakerAndTakesOnlyWhatBeginsWhileTheAgentLives() {
        assertThat(SCRIPT.create())
                .startsWith("create table inet mirrord-udp-47000 { flags owner; } ; ")
                .contains(
                        "meta l4proto udp meta l4proto @alive udp dport @ports fib daddr type local"
                                + " ct mark != "
                                + UdpScript.PASSED
                                + " ct state new goto take")
                .contains("tproxy ip to 127.0.0.1:47000 ", "tproxy ip6 to [::1]:47000 ")
                .doesNotContain("\n");
    }

    @Test
    void portsComeAndGoByProtocol() {
        assertThat(SCRIPT.addPort(53, "anna \"@laptop"))
                .isEqualTo(
                        "create table inet mirrord-udp-port-53 { flags owner; comment"
                                + " \"anna__@laptop\"; } ; add element inet mirrord-udp-47000 ports"
                                + " { 53 }");
        assertThat(SCRIPT.removePort(53))
                .isEqualTo(
                        "delete element inet mirrord-udp-47000 ports { 53 }"
                                + " ; delete table inet mirrord-udp-port-53");
    }
}
