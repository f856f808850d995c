package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Point 2: names resolve as they do for the target. */
class DnsClusterIT {
    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "catalog",
                "catalog.shop",
                "catalog.shop.svc.cluster.local",
                "orders",
                "orders-0.orders",
                "kubernetes.default"
            })
    void aStaticProgramResolvesWhatTheTargetResolves(String name) {
        assertThat(Mirrord.onWeb().probe("dns", name)).isNotEmpty().isEqualTo(target("dns", name));
    }

    @Test
    void glibcAndMuslResolveToo() {
        String address = target("dns", "catalog", "ip4");
        assertThat(Mirrord.onWeb().script("getent ahostsv4 catalog | head -1").orFail().out())
                .startsWith(address);
        assertThat(
                        Mirrord.onWeb()
                                .docker("--entrypoint", "")
                                .run(Mirrord.MUSL, "nslookup", "catalog.shop.svc.cluster.local")
                                .orFail()
                                .out())
                .contains(address);
    }

    @Test
    void srvAndPtrRecordsAreAnswered() {
        String service = "_http._tcp.orders.shop.svc.cluster.local";
        assertThat(Mirrord.onWeb().probe("srv", service)).isEqualTo(target("srv", service));
        String address = target("dns", "catalog", "ip4");
        assertThat(Mirrord.onWeb().probe("ptr", address)).isEqualTo(target("ptr", address));
    }

    @Test
    void digWorksOverUdpAndTcp() {
        String address = target("dns", "catalog", "ip4");
        String name = "catalog.shop.svc.cluster.local";
        assertThat(
                        Mirrord.onWeb()
                                .script("dig +short " + name + "; dig +tcp +short " + name)
                                .orFail()
                                .out())
                .isEqualTo(address + "\n" + address + "\n");
    }

    @Test
    void anUnknownNameIsUnknown() {
        Command.Result result = Mirrord.onWeb().script("dig nothing.shop.svc.cluster.local");
        assertThat(result.out()).contains("NXDOMAIN");
    }

    @Test
    void resolvConfIsTheTargets() {
        String target =
                Command.kubectl(
                                "exec", "-n", "shop", "deployment/web", "-c", "web", "--", "cat",
                                "/etc/resolv.conf")
                        .orFail()
                        .out();
        assertThat(Mirrord.onWeb().probe("cat", "/etc/resolv.conf").lines())
                .containsAll(target.strip().lines().toList());
    }

    @Test
    void dnsCanStayLocal() {
        Command.Result result =
                Mirrord.onWeb().with("--no-remote-dns").run(Mirrord.STATIC, "dns", "catalog");
        assertThat(result.exitCode()).isNotZero();
    }

    private static String target(String... probe) {
        String[] command = {"exec", "-n", "shop", "deployment/web", "-c", "web", "--", "probe"};
        String[] all = java.util.Arrays.copyOf(command, command.length + probe.length);
        System.arraycopy(probe, 0, all, command.length, probe.length);
        return Command.kubectl(all).orFail().outLine();
    }
}
