package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.SidecarConfig;
import dev.mirrord.config.filter.ResolvedNames;
import dev.mirrord.config.filter.Transport;
import dev.mirrord.sidecar.TestingConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapturePolicyTest {
    private static CapturePolicy policy(String network, ResolvedNames names) throws Exception {
        CapturePolicy policy =
                new CapturePolicy(
                        SidecarConfig.fromJson(TestingConfig.json(TestingConfig.network(network)))
                                .network(),
                        Optional.of("127.0.0.153"),
                        names,
                        destination -> destination.getPort() == 3000);
        policy.target(
                new CapturePolicy.Target(
                        Set.of(InetAddress.getByName("10.96.0.10")),
                        Set.of(InetAddress.getByName("10.244.0.9")),
                        Set.of(8080)));
        return policy;
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    @Test
    void namesAreAnsweredHere() throws Exception {
        CapturePolicy policy = policy("{}", ResolvedNames.NONE);
        assertThat(policy.decide(Transport.UDP, at("10.96.0.10", 53))).isEqualTo(Decision.DNS);
        assertThat(policy.decide(Transport.TCP, at("10.96.0.10", 53))).isEqualTo(Decision.DNS);
        assertThat(policy.decide(Transport.UDP, at("127.0.0.153", 53)))
                .isEqualTo(Decision.DNS_UPSTREAM);
        assertThat(policy.decide(Transport.UDP, at("8.8.8.8", 53))).isEqualTo(Decision.TARGET);
    }

    @Test
    void loopbackStaysWhereTheAppOrItsTargetServes() throws Exception {
        CapturePolicy policy = policy("{}", ResolvedNames.NONE);
        assertThat(policy.decide(Transport.TCP, at("127.0.0.1", 3000))).isEqualTo(Decision.STAY);
        assertThat(policy.decide(Transport.TCP, at("127.0.0.1", 8080))).isEqualTo(Decision.STAY);
        assertThat(policy.decide(Transport.TCP, at("127.0.0.1", 6379))).isEqualTo(Decision.TARGET);
        assertThat(policy.decide(Transport.TCP, at("10.244.0.9", 6379))).isEqualTo(Decision.TARGET);
    }

    @Test
    void ignoreLocalhostKeepsLoopback() throws Exception {
        CapturePolicy policy =
                policy("{\"outgoing\":{\"ignore_localhost\":true}}", ResolvedNames.NONE);
        assertThat(policy.decide(Transport.TCP, at("127.0.0.1", 6379))).isEqualTo(Decision.STAY);
    }

    @Test
    void whatIsTurnedOffStays() throws Exception {
        CapturePolicy policy = policy("{\"outgoing\":{\"udp\":false}}", ResolvedNames.NONE);
        assertThat(policy.decide(Transport.UDP, at("10.1.1.1", 99))).isEqualTo(Decision.STAY);
        assertThat(policy.decide(Transport.UDP, at("10.96.0.10", 53))).isEqualTo(Decision.DNS);
        assertThat(policy.decide(Transport.TCP, at("10.1.1.1", 99))).isEqualTo(Decision.TARGET);
    }

    @Test
    void filtersDecideByAddressAndByName() throws Exception {
        InetAddress named = InetAddress.getByName("10.7.7.7");
        CapturePolicy policy =
                policy(
                        "{\"outgoing\":{\"filter\":{\"local\":[\"10.2.0.0/16\",\"db.example\"]}}}",
                        address -> address.equals(named) ? Set.of("db.example") : Set.of());
        assertThat(policy.decide(Transport.TCP, at("10.2.3.4", 99))).isEqualTo(Decision.STAY);
        assertThat(policy.decide(Transport.TCP, at("10.7.7.7", 99))).isEqualTo(Decision.STAY);
        assertThat(policy.decide(Transport.TCP, at("10.3.3.4", 99))).isEqualTo(Decision.TARGET);
    }
}
