package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostFilesTest {
    @Test
    void theUsersLinesWinAndTheTargetsFollow() {
        assertThat(
                        HostsFile.merge(
                                """
                                127.0.0.1	localhost
                                10.0.0.9	db
                                172.17.0.2	web-1 mine
                                """,
                                """
                                # Kubernetes-managed hosts file.
                                127.0.0.1	localhost
                                10.244.0.9	web-1
                                # Entries added by HostAliases.
                                10.1.2.3	DB alias
                                """,
                                Set.of("172.17.0.2")))
                .isEqualTo(
                        """
                        127.0.0.1	localhost
                        10.0.0.9	db
                        172.17.0.2	mine
                        10.244.0.9	web-1
                        10.1.2.3	alias
                        """);
    }

    @Test
    void resolvConfKeepsTheTargetsWordsUnlessTheUserHasHisOwn() {
        ResolvConf target =
                ResolvConf.parse(
                        "search shop.svc. svc\n"
                                + "nameserver 10.96.0.10\n"
                                + "options ndots:5 edns0\n"
                                + "# x\n");
        assertThat(target.text())
                .isEqualTo("nameserver 10.96.0.10\nsearch shop.svc. svc\noptions ndots:5 edns0\n");
        assertThat(target.domains()).containsExactly("shop.svc", "svc");
        assertThat(target.with(List.of("my.own"), List.of()).text())
                .isEqualTo("nameserver 10.96.0.10\nsearch my.own\noptions ndots:5 edns0\n");
        assertThat(target.with(List.of("."), List.of("ndots:1")).text())
                .isEqualTo("nameserver 10.96.0.10\noptions ndots:1\n");
    }
}
