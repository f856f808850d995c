package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamespaceFactsTest {
    @Test
    void theGatewayIsTheDefaultRoutes() throws Exception {
        assertThat(
                        NamespaceFacts.gateways(
                                List.of(
                                        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric"
                                                + "\tMask\t\tMTU\tWindow\tIRTT",
                                        "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0"
                                                + "\t0",
                                        "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0"
                                                + "\t0")))
                .containsExactly(InetAddress.getByName("172.17.0.1"));
    }

    @Test
    void aPrefixContainsItsAddresses() throws Exception {
        Prefix prefix = new Prefix(InetAddress.getByName("172.20.4.1"), 22);
        assertThat(prefix.contains(InetAddress.getByName("172.20.7.255"))).isTrue();
        assertThat(prefix.contains(InetAddress.getByName("172.20.8.0"))).isFalse();
        assertThat(prefix.contains(InetAddress.getByName("fd00::1"))).isFalse();
    }
}
