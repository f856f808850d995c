package dev.mirrord.agent.steal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NftScriptTest {
    @Test
    void theTableBelongsToItsMakerAndTakesOnlyNewConnectionsFromOutside() {
        for (Takeover takeover : Takeover.values()) {
            assertThat(NftScript.create(takeover, 40_000))
                    .startsWith("create table inet mirrord { flags owner; } ; ")
                    .contains(
                            "iifname != \"lo\" tcp flags & (fin|syn|rst|ack) == syn"
                                    + " meta l4proto @alive tcp dport @ports "
                                    + switch (takeover) {
                                        case TPROXY -> "tproxy to :40000 ";
                                        case REDIRECT -> "redirect to :40000 ";
                                    })
                    .doesNotContain("\n");
        }
    }

    @Test
    void theSignOfLifeIsRenewedInOneTransaction() {
        assertThat(NftScript.renew())
                .isEqualTo(
                        "add element inet mirrord alive { tcp timeout 5s }"
                                + " ; delete element inet mirrord alive { tcp }"
                                + " ; add element inet mirrord alive { tcp timeout 5s }");
    }

    @Test
    void portsComeAndGo() {
        assertThat(NftScript.addPort(80)).isEqualTo("add element inet mirrord ports { 80 }");
        assertThat(NftScript.removePort(80)).isEqualTo("delete element inet mirrord ports { 80 }");
    }
}
