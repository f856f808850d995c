package dev.mirrord.agent.steal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NftScriptTest {
    private static final NftScript SCRIPT = new NftScript(40_000);

    @Test
    void theTableBelongsToItsMaker() {
        for (Takeover takeover : Takeover.values()) {
            assertThat(SCRIPT.create(takeover))
                    .startsWith("create table inet mirrord-40000 { flags owner; } ; ")
                    .doesNotContain("\n");
        }
    }

    @Test
    void aPlaceTakesWhatBeginsElsewhereAndWhatEarlierPlacesPassOn() {
        assertThat(SCRIPT.addPlace(3))
                .contains("priority -87;", "mark & 0xffffff00 != 0x6d726400")
                .contains("meta mark 1836213249-1836213250 ")
                .contains(
                        " tcp flags & (fin|syn|rst|ack) == syn"
                                + " meta l4proto @alive tcp dport @ports3 tproxy to :40000 ");
        assertThat(SCRIPT.addPlace(1)).doesNotContain("meta mark 18");
    }

    @Test
    void theFirstFreePlaceIsFound() {
        assertThat(NftScript.freePlace("table inet mirrord-port-80\n", 80)).isEqualTo(1);
        assertThat(
                        NftScript.freePlace(
                                "table inet mirrord-port-80-1\ntable inet mirrord-port-80-3\n"
                                        + "table inet mirrord-port-8080-2\n",
                                80))
                .isEqualTo(2);
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
        assertThat(SCRIPT.addPort(80, 255, "anna \"@laptop"))
                .isEqualTo(
                        "create table inet mirrord-port-80 { flags owner; comment"
                                + " \"anna__@laptop\"; } ; add element inet mirrord-40000 ports255"
                                + " { 80 }");
        assertThat(SCRIPT.addPort(80, 2, "anna"))
                .startsWith("create table inet mirrord-port-80-2 ");
        assertThat(SCRIPT.removePort(80, 2))
                .isEqualTo(
                        "delete element inet mirrord-40000 ports2 { 80 }"
                                + " ; delete table inet mirrord-port-80-2");
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
    void anAgentsTableIsNotAPortsName() {
        assertThat(NftScript.hasTables("table inet mirrord-port-80-1\ntable ip nat\n")).isFalse();
        assertThat(NftScript.hasTables("table ip nat\ntable inet mirrord-40001\n")).isTrue();
    }
}
