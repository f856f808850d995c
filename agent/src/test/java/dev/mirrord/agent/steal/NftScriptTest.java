package dev.mirrord.agent.steal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NftScriptTest {
    private static final NftScript SCRIPT = new NftScript(40_000);

    @Test
    void theTableBelongsToItsMakerAndTakesOnlyNewConnectionsThatNoAgentHasMade() {
        for (Takeover takeover : Takeover.values()) {
            assertThat(SCRIPT.create(takeover))
                    .startsWith("create table inet mirrord-40000 { flags owner; } ; ")
                    .contains(
                            " meta mark & 0xffffff00 != 0x6d726400"
                                    + " tcp flags & (fin|syn|rst|ack) == syn"
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
        assertThat(SCRIPT.renew())
                .isEqualTo(
                        "add element inet mirrord-40000 alive { tcp timeout 5s }"
                                + " ; delete element inet mirrord-40000 alive { tcp }"
                                + " ; add element inet mirrord-40000 alive { tcp timeout 5s }");
    }

    @Test
    void portsComeAndGo() {
        assertThat(SCRIPT.addPort(80, "anna \"@laptop"))
                .isEqualTo(
                        "create table inet mirrord-port-80 { flags owner; comment"
                                + " \"anna__@laptop\"; } ; add element inet mirrord-40000 ports"
                                + " { 80 }");
        assertThat(SCRIPT.removePort(80))
                .isEqualTo(
                        "delete element inet mirrord-40000 ports { 80 }"
                                + " ; delete table inet mirrord-port-80");
    }

    @Test
    void whoHasAPortIsRead() {
        assertThat(
                        NftScript.owner(
                                "table inet mirrord-port-80 {\n\tflags owner\n\tcomment"
                                        + " \"anna@laptop\"\n}\n"))
                .contains("anna@laptop");
        assertThat(NftScript.owner("table inet mirrord-port-80 {\n}\n")).isEmpty();
    }

    @Test
    void othersAreTheAgentsWithAnotherListener() {
        assertThat(SCRIPT.hasOthers("table inet mirrord-40000\ntable inet mirrord-port-80\n"))
                .isFalse();
        assertThat(SCRIPT.hasOthers("table inet mirrord-40000\ntable inet mirrord-40001\n"))
                .isTrue();
    }
}
