package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DumpPortTest {
    @Test
    void aPortIsTcpUnlessItSaysOtherwise() {
        assertThat(DumpPort.parse("80")).hasToString("80").isEqualTo(DumpPort.parse("80/TCP"));
        assertThat(DumpPort.parse("53/udp")).hasToString("53/udp");
    }

    @Test
    void whatIsNoPortIsRefusedByName() {
        for (String text : new String[] {"0", "65536", "x", "", "-1", "/udp"}) {
            assertThatThrownBy(() -> DumpPort.parse(text))
                    .isInstanceOf(SessionFailure.class)
                    .hasMessage("-p " + text + ": ports are 1 to 65535");
        }
        assertThatThrownBy(() -> DumpPort.parse("53/sctp"))
                .hasMessage("-p 53/sctp: a port is PORT, PORT/tcp or PORT/udp");
    }
}
