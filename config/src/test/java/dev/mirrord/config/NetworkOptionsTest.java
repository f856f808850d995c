package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.filter.Side;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkOptionsTest {
    static Stream<Arguments> options() {
        return Stream.of(
                of("'ipv6':false", NetworkConfig::ipv6, false),
                of("'dns':false", n -> n.dns().enabled(), false),
                of("'dns':true", n -> n.dns().enabled(), true),
                of("'dns':{'enabled':false}", n -> n.dns().enabled(), false),
                of("'dns':{'docker_names':false}", n -> n.dns().dockerNames(), false),
                of(
                        "'dns':{'filter':{'local':'a'}}",
                        n -> n.dns().filter().decide("a.b"),
                        Side.LOCAL),
                of(
                        "'dns':{'filter':{'remote':['a']}}",
                        n -> n.dns().filter().decide("b"),
                        Side.LOCAL),
                of("'outgoing':false", n -> n.outgoing().tcp() || n.outgoing().udp(), false),
                of("'outgoing':true", n -> n.outgoing().tcp() && n.outgoing().udp(), true),
                of("'outgoing':{'tcp':false}", n -> n.outgoing().tcp(), false),
                of("'outgoing':{'tcp':false}", n -> n.outgoing().udp(), true),
                of("'outgoing':{'udp':false}", n -> n.outgoing().udp(), false),
                of(
                        "'outgoing':{'ignore_localhost':true}",
                        n -> n.outgoing().ignoreLocalhost(),
                        true),
                of(
                        "'outgoing':{'filter':{'remote':['db']}}",
                        n -> n.outgoing().filter().side(),
                        Side.REMOTE),
                of(
                        "'outgoing':{'filter':{'local':'db'}}",
                        n -> n.outgoing().filter().side(),
                        Side.LOCAL),
                of("'incoming':'steal'", n -> n.incoming().mode(), IncomingMode.STEAL),
                of("'incoming':'mirror'", n -> n.incoming().mode(), IncomingMode.MIRROR),
                of("'incoming':'off'", n -> n.incoming().mode(), IncomingMode.OFF),
                of("'incoming':false", n -> n.incoming().mode(), IncomingMode.OFF),
                of("'incoming':true", n -> n.incoming().mode(), IncomingMode.MIRROR),
                of("'incoming':{'mode':'steal'}", n -> n.incoming().mode(), IncomingMode.STEAL),
                of(
                        "'incoming':{'port_mapping':[[8080,80]]}",
                        n -> n.incoming().portMapping(),
                        Map.of(8080, 80)),
                of(
                        "'incoming':{'listen_ports':[[80,8080]]}",
                        n -> n.incoming().listenPorts(),
                        Map.of(80, 8080)),
                of(
                        "'incoming':{'ports':[80]}",
                        n -> n.incoming().ports(),
                        Optional.of(new TreeSet<>(Set.of(80)))),
                of(
                        "'incoming':{'ignore_ports':[80,81]}",
                        n -> n.incoming().ignorePorts(),
                        Set.of(80, 81)),
                of(
                        "'incoming':{'ignore_localhost':true}",
                        n -> n.incoming().ignoreLocalhost(),
                        true));
    }

    @ParameterizedTest
    @MethodSource("options")
    void anOptionArrives(String json, Function<NetworkConfig, Object> option, Object expected) {
        assertThat(option.apply(network("{" + json + "}"))).isEqualTo(expected);
    }

    @Test
    void aNetworkThatIsOffLeavesEverythingOnTheUsersMachine() {
        NetworkConfig off = network("false");

        assertThat(off.dns().enabled()).isFalse();
        assertThat(off.outgoing().tcp()).isFalse();
        assertThat(off.outgoing().udp()).isFalse();
        assertThat(off.incoming().mode()).isEqualTo(IncomingMode.OFF);
    }

    @Test
    void aNetworkThatIsOnIsTheDefault() {
        assertThat(network("true")).isEqualTo(network("{}"));
    }

    @Test
    void aNameThatIsReachedLocallyIsResolvedLocally() {
        NetworkConfig network = network("{'outgoing':{'filter':{'local':['tcp://db.x:5432']}}}");

        assertThat(network.dns().filter().decide("db.x.")).isEqualTo(Side.LOCAL);
        assertThat(network.dns().filter().decide("other.x")).isEqualTo(Side.REMOTE);
    }

    @Test
    void aNameThatAloneIsReachedRemotelyDoesNotChangeHowOthersAreResolved() {
        NetworkConfig network = network("{'outgoing':{'filter':{'remote':['db.x']}}}");

        assertThat(network.dns().filter().decide("db.x")).isEqualTo(Side.REMOTE);
        assertThat(network.dns().filter().decide("other.x")).isEqualTo(Side.REMOTE);
    }

    @Test
    void remoteNamesJoinRemoteDnsNames() {
        NetworkConfig network =
                network(
                        "{'outgoing':{'filter':{'remote':['db.x']}},"
                                + "'dns':{'filter':{'remote':['svc']}}}");

        assertThat(network.dns().filter().decide("db.x")).isEqualTo(Side.REMOTE);
        assertThat(network.dns().filter().decide("a.svc")).isEqualTo(Side.REMOTE);
        assertThat(network.dns().filter().decide("other.x")).isEqualTo(Side.LOCAL);
    }

    @Test
    void aTargetlessSessionHasNoIncomingTraffic() {
        assertThat(
                        TestingConfig.json("{\"target\":\"targetless\"}")
                                .feature()
                                .network()
                                .incoming()
                                .mode())
                .isEqualTo(IncomingMode.OFF);
    }

    @Test
    void aListenerStandsForTheMappedPortOfTheTarget() {
        IncomingConfig incoming =
                network("{'incoming':{'listen_ports':[[80,8080]],'port_mapping':[[80,443]]}}")
                        .incoming();

        assertThat(incoming.targetPort(8080)).contains(443);
        assertThat(incoming.targetPort(9000)).contains(9000);
    }

    @Test
    void portsAreChosenByTheAppsNumber() {
        IncomingConfig only =
                network("{'incoming':{'ports':[8080],'port_mapping':[[8080,80]]}}").incoming();
        IncomingConfig without = network("{'incoming':{'ignore_ports':[8080]}}").incoming();

        assertThat(only.targetPort(8080)).contains(80);
        assertThat(only.targetPort(80)).isEmpty();
        assertThat(without.targetPort(8080)).isEmpty();
        assertThat(without.targetPort(80)).contains(80);
        assertThat(network("{'incoming':'off'}").incoming().targetPort(80)).isEmpty();
    }

    private static NetworkConfig network(String json) {
        return TestingConfig.json(("{'feature':{'network':" + json + "}}").replace('\'', '"'))
                .feature()
                .network();
    }

    private static Arguments of(
            String json, Function<NetworkConfig, Object> option, Object expected) {
        return Arguments.of(json, option, expected);
    }
}
