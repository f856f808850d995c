package dev.mirrord.sidecar.incoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.SidecarConfig;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.sidecar.TestingConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IncomingHintsTest {
    private final List<String> said = new ArrayList<>();

    private IncomingHints hints(IncomingMode mode, String incoming) throws Exception {
        PortPolicy policy =
                new PortPolicy(
                        SidecarConfig.fromJson(
                                        TestingConfig.json(
                                                TestingConfig.network(
                                                        "{\"incoming\":" + incoming + "}")))
                                .network()
                                .incoming(),
                        port -> port == 5005);
        return new IncomingHints(mode, policy, said::add);
    }

    private static SortedMap<Integer, List<ListenAddress>> ports(int... ports) {
        SortedMap<Integer, List<ListenAddress>> all = new TreeMap<>();
        for (int port : ports) {
            all.put(port, List.of(new ListenAddress(InetAddress.getLoopbackAddress(), port)));
        }
        return all;
    }

    @Test
    void aPortThatTheTargetDoesNotServeIsSaidOnceWithBothListsAndTheMapping() throws Exception {
        IncomingHints hints = hints(IncomingMode.MIRROR, "\"mirror\"");
        hints.served(List.of(9090, 80), List.of(9090, 80));
        hints.onPorts(ports(3000));
        hints.onPorts(ports(3000));
        assertThat(said)
                .containsExactly(
                        "the app listens on port 3000, which no container of the target serves (the"
                                + " target serves 80, 9090, the app 3000); to give it the target's"
                                + " traffic: \"feature\": {\"network\": {\"incoming\":"
                                + " {\"port_mapping\": [[3000, 80]]}}}");
    }

    @Test
    void theMappingNamesAPortThatNobodyOfTheAppServesYet() throws Exception {
        IncomingHints hints = hints(IncomingMode.MIRROR, "\"mirror\"");
        hints.served(List.of(80, 6379, 9090), List.of(80, 9090));
        hints.onPorts(ports(80, 3000));
        assertThat(said).singleElement().asString().endsWith("[[3000, 9090]]}}}");
    }

    @Test
    void mappedServedIgnoredAndDebuggersPortsAreNotSaid() throws Exception {
        IncomingHints hints =
                hints(
                        IncomingMode.MIRROR,
                        "{\"port_mapping\":[[3000,80]],\"ignore_ports\":[4000]}");
        hints.served(List.of(80, 9090), List.of(80));
        hints.onPorts(ports(3000, 4000, 5005, 9090));
        assertThat(said).isEmpty();
    }

    @Test
    void tenSecondsWithoutAListenerAreSaid() throws Exception {
        IncomingHints hints = hints(IncomingMode.MIRROR, "\"mirror\"");
        hints.served(List.of(80), List.of(80));
        hints.quiet();
        assertThat(said).singleElement().asString().contains("10 s", "the target's port 80");
    }

    @Test
    void whoListensIsNotToldThatHeDoesNot() throws Exception {
        IncomingHints hints = hints(IncomingMode.MIRROR, "\"mirror\"");
        hints.served(List.of(80), List.of(80));
        hints.onPorts(ports(80));
        hints.onPorts(ports());
        hints.quiet();
        assertThat(said).isEmpty();
    }

    @Test
    void aStolenProbeIsSaidAndAMirroredOneNot() throws Exception {
        for (IncomingMode mode : IncomingMode.values()) {
            IncomingHints hints = hints(mode, "\"mirror\"");
            hints.served(List.of(80), List.of(80));
            hints.probes(Map.of(80, "readiness probe of container web (GET /healthz)"));
            hints.onPorts(ports(80));
            hints.onPorts(ports(80));
        }
        assertThat(said)
                .containsExactly(
                        "port 80 is stolen and the kubelet's readiness probe of container web (GET"
                            + " /healthz) uses it: the app has to answer, or the kubelet takes the"
                            + " pod for broken");
    }

    @Test
    void aProbeThatAFilterLeavesToTheTargetIsNotSaid() throws Exception {
        for (String probes : List.of("", ",\"steal_probes\":true")) {
            IncomingHints hints =
                    hints(
                            IncomingMode.STEAL,
                            "{\"mode\":\"steal\",\"http_filter\":{\"path_filter\":\"^/mine\",\"ports\":[80]"
                                    + probes
                                    + "}}");
            hints.served(List.of(80, 9090), List.of(80));
            hints.probes(Map.of(80, "readiness probe", 9090, "liveness probe"));
            hints.onPorts(ports(80));
            assertThat(said).hasSize(probes.isEmpty() ? 0 : 1);
        }
        IncomingHints unfiltered =
                hints(
                        IncomingMode.STEAL,
                        "{\"mode\":\"steal\",\"http_filter\":{\"path_filter\":\"^/mine\",\"ports\":[80]}}");
        said.clear();
        unfiltered.probes(Map.of(9090, "liveness probe"));
        unfiltered.onPorts(ports(9090));
        assertThat(said).singleElement().asString().contains("port 9090", "liveness probe");
    }
}
