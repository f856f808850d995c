package dev.mirrord.sidecar.incoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.SidecarConfig;
import dev.mirrord.sidecar.TestingConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortPolicyTest {
    private static List<ListenAddress> on(String address, int port) throws Exception {
        return List.of(new ListenAddress(InetAddress.getByName(address), port));
    }

    private static PortPolicy policy(String incoming) throws Exception {
        return new PortPolicy(
                SidecarConfig.fromJson(
                                TestingConfig.json(
                                        TestingConfig.network("{\"incoming\":" + incoming + "}")))
                        .network()
                        .incoming(),
                new DebuggerPorts(Set.of()));
    }

    @Test
    void everyPortStandsForItselfUnlessMapped() throws Exception {
        PortPolicy policy = policy("{\"mode\":\"mirror\",\"port_mapping\":[[8080,80]]}");
        assertThat(policy.targetPort(8080, on("0.0.0.0", 8080))).contains(80);
        assertThat(policy.targetPort(9000, on("127.0.0.1", 9000))).contains(9000);
    }

    @Test
    void ignoreLocalhostLeavesLoopbackListenersAlone() throws Exception {
        PortPolicy policy = policy("{\"mode\":\"mirror\",\"ignore_localhost\":true}");
        assertThat(policy.targetPort(9000, on("127.0.0.1", 9000))).isEmpty();
        assertThat(policy.targetPort(9000, on("::", 9000))).contains(9000);
    }

    @Test
    void offTakesNothing() throws Exception {
        assertThat(policy("\"off\"").targetPort(80, on("0.0.0.0", 80))).isEmpty();
    }

    @Test
    void aDebuggersPortIsTakenOnlyWhereTheTargetDeclaresIt() {
        DebuggerPorts ports = new DebuggerPorts(Set.of());
        assertThat(ports.test(5005)).isTrue();
        ports.declared(Set.of(5005));
        assertThat(ports.test(5005)).isFalse();
        assertThat(ports.test(9229)).isTrue();
    }
}
