package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.config.PidOne;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidecarOptionsTest {

    @Test
    void withoutNetworkOptionsTheSidecarIsOnTheDefaultNetwork() {
        SidecarSpec spec = Lines.sidecar("docker run img");

        assertThat(spec.name()).isEqualTo("mirrord-s1-sidecar");
        assertThat(spec.networks()).containsExactly(NetworkAttachment.of("default"));
        assertThat(spec.labels())
                .isEqualTo(Map.of("dev.mirrord/session", "s1", "dev.mirrord/owner", "me@here"));
        assertThat(spec.restartPolicy()).isEqualTo("no");
    }

    @Test
    void severalNetworksWithTheAdvancedSyntaxAreAllJoined() {
        SidecarSpec spec =
                Lines.sidecar(
                        "docker run --name web --network"
                                + " name=front,alias=w,ip=10.9.0.5,driver-opt=a=b,gw-priority=3"
                                + " --network back img");

        NetworkAttachment front = spec.networks().get(0);
        assertThat(front.name()).isEqualTo("front");
        assertThat(front.aliases()).containsExactly("w", "web");
        assertThat(front.ipv4()).contains("10.9.0.5");
        assertThat(front.driverOptions()).isEqualTo(Map.of("a", "b"));
        assertThat(front.gatewayPriority()).isEqualTo(3);
        assertThat(spec.networks().get(1).name()).isEqualTo("back");
        assertThat(spec.networks().get(1).aliases()).containsExactly("web");
    }

    @Test
    void optionsBesideTheNetworkCountForTheFirst() {
        NetworkAttachment first =
                Lines.sidecar(
                                "docker run --network a --network b --ip 10.0.0.2 --ip6 fd00::2"
                                        + " --mac-address 02:42:ac:11:00:02 --link db:sql"
                                        + " --link-local-ip 169.254.1.1 img")
                        .networks()
                        .getFirst();

        assertThat(first.ipv4()).contains("10.0.0.2");
        assertThat(first.ipv6()).contains("fd00::2");
        assertThat(first.macAddress()).contains("02:42:ac:11:00:02");
        assertThat(first.links()).containsExactly("db:sql");
        assertThat(first.linkLocalAddresses()).containsExactly("169.254.1.1");
    }

    @Test
    void linksOfTheDefaultBridgeAreTheContainersOwn() {
        SidecarSpec spec = Lines.sidecar("docker run --link db img");

        assertThat(spec.links()).containsExactly("db");
        assertThat(spec.networks().getFirst().links()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a:1.2.3.4, a:1.2.3.4",
        "a=1.2.3.4, a:1.2.3.4",
        "a:fd00::1, a:fd00::1",
        "a=[fd00::1], a:fd00::1",
        "host.docker.internal:host-gateway, host.docker.internal:host-gateway"
    })
    void addedHostsAreNormalised(String value, String expected) {
        assertThat(Lines.sidecar("docker run --add-host " + value + " img").extraHosts())
                .containsExactly(expected);
    }

    @Test
    void theUsersNamesOfTheHostAreKnown() {
        SidecarSpec spec =
                Lines.sidecar(
                        "docker run --add-host me:host-gateway --add-host a:1.2.3.4"
                                + " --add-host you=host-gateway img");

        assertThat(spec.hostGatewayNames()).containsExactly("me", "you");
    }

    @Test
    void publishAllPublishesTheImagesPortsAndTheUsers() {
        ImageConfig image =
                Lines.image(List.of(), List.of("x"), List.of(), List.of(), Set.of("80/tcp"));
        SidecarSpec spec = Lines.rewrite("docker run -P --expose 90-91/udp img", image).sidecar();

        assertThat(spec.publishAll()).isTrue();
        assertThat(spec.exposedPorts()).containsExactly("80/tcp", "90/udp", "91/udp");
        assertThat(spec.portsNotice("docker"))
                .contains("the published ports are shown by: docker port mirrord-s1-sidecar");
    }

    @Test
    void theUsersHostNameAndSysctlsWinOverTheTargets() {
        SessionFacts facts =
                new SessionFacts(
                        "s1",
                        "me@here",
                        "side",
                        Optional.of("web-0"),
                        Optional.of("127.0.0.53"),
                        List.of("shop.svc.cluster.local"),
                        Map.of("net.a", "1", "net.b", "2"),
                        List.of("NET_ADMIN"),
                        Optional.of("/run/relay"),
                        true,
                        PidOne.AUTO);
        SidecarSpec own =
                Rewriter.rewrite(
                                Lines.parse("docker run -h mine --sysctl net.a=7 img"),
                                Lines.image(),
                                facts,
                                path -> true)
                        .sidecar();
        SidecarSpec target =
                Rewriter.rewrite(Lines.parse("docker run img"), Lines.image(), facts, path -> true)
                        .sidecar();

        assertThat(own.hostname()).contains("mine");
        assertThat(own.sysctls()).isEqualTo(Map.of("net.a", "7", "net.b", "2"));
        assertThat(target.hostname()).contains("web-0");
        assertThat(target.nameservers()).containsExactly("127.0.0.53");
        assertThat(target.searchDomains()).containsExactly("shop.svc.cluster.local");
        assertThat(target.relay()).contains(new RelayMount("/run/relay", facts.id() + ".sock"));
        assertThat(target.environment())
                .containsExactly("MIRRORD_CONTROL=/run/mirrord/host/" + facts.id() + ".sock");
        assertThat(target.autoRemove()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "docker run --restart always img, no",
        "docker run -d --restart on-failure:3 img, on-failure:3",
        "docker create --restart unless-stopped img, unless-stopped"
    })
    void theSidecarComesBackWithADetachedApp(String line, String policy) {
        assertThat(Lines.sidecar(line).restartPolicy()).isEqualTo(policy);
    }

    @Test
    void aSidecarThatComesBackIsNotRemovedByTheEngine() {
        SessionFacts facts =
                new SessionFacts(
                        "s1",
                        "me@here",
                        "side",
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        Optional.empty(),
                        true,
                        PidOne.AUTO);

        assertThat(
                        Rewriter.rewrite(
                                        Lines.parse("docker run -d --restart always img"),
                                        Lines.image(),
                                        facts,
                                        path -> true)
                                .sidecar()
                                .autoRemove())
                .isFalse();
    }

    @Test
    void theUserNamespaceIsTheSameForBoth() {
        Rewrite rewrite = Lines.rewrite("docker run --userns host img");

        assertThat(rewrite.sidecar().userNamespace()).isEqualTo("host");
        assertThat(rewrite.options()).contains("--userns=host");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network a --network a|network \"a\" is specified multiple times",
                "--network bridge --network a|cannot attach both user-defined and non-user-defined",
                "--network-alias x|network-scoped aliases are only supported for user-defined",
                "--network name=a,ip=1.2.3.4 --ip 1.2.3.5|cannot specify both --ip and per-network",
                "--network name=a,alias=b --network-alias c|both --network-alias and per-network",
                "--network alias=b|network name/id is not specified",
                "--network name=a,colour=red|invalid field key colour",
                "--network name=a,ip=abc|not an IP address",
                "--ip 1.2.3|not an IP address",
                "--dns nowhere|not an IP address",
                "--mac-address 1:2|1:2 is not a valid mac address",
                "--add-host a|bad format for add-host: \"a\"",
                "--add-host a:b|not an IP address",
                "--sysctl net.core.somaxconn|has to be name=value",
                "--expose 80:90|invalid port format for --expose: 80:90",
                "-p 80:x|invalid containerPort: x",
                "-p 80/icmp|invalid proto: icmp",
            })
    void whatDockerWouldRefuseAmongTheMovedOptionsIsRefused(String options, String message) {
        assertThatThrownBy(() -> Lines.sidecar("docker run " + options + " img"))
                .hasMessageContaining(message);
    }
}
