package dev.mirrord.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResolvConfTest {
    @Test
    void atMostThreeLiteralServersAreTaken() {
        ResolvConf configuration =
                ResolvConf.parse(
                        """
                        # nameserver 9.9.9.9
                        search a.test
                        nameserver name.test
                        nameserver 10.96.0.10
                          nameserver\tfd00::a
                        nameserver 10.96.0.11 # note
                        nameserver 10.96.0.12
                        """);
        assertThat(configuration.servers())
                .extracting(server -> server.getAddress().getHostAddress())
                .containsExactly("10.96.0.10", "fd00:0:0:0:0:0:0:a", "10.96.0.11");
    }

    @Test
    void withoutServersTheLoopbackIsAsked() {
        assertThat(ResolvConf.parse("").servers())
                .singleElement()
                .satisfies(server -> assertThat(server.getAddress().isLoopbackAddress()).isTrue());
    }
}
