package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Point 2: names resolve as they do for the target, where the same script runs beside. */
class DnsClusterIT {
    private static final String CATALOG = "catalog.shop.svc.cluster.local";
    private static final String SCRIPT =
            """
            for name in catalog catalog.shop catalog.shop.svc catalog.shop.svc.cluster.local \\
                catalog.shop.svc.cluster.local. orders orders-0.orders kubernetes.default \\
                www.public.example chain.public.example v4only.public.example \\
                v6only.public.example any.wild.public.example; do
                S "address $name"; probe dns "$name"
            done
            S srv headless; probe srv _http._tcp.orders.shop.svc.cluster.local
            S srv public; probe srv _web._tcp.public.example
            S mx; probe mx public.example
            S txt; probe txt public.example
            S cname; dig +noall +answer chain.public.example | awk '{ print $1, $4, $5 }'
            S ptr ip4; probe ptr $(probe dns catalog ip4)
            S ptr ip6; probe ptr $(probe dns catalog ip6)
            S udp; dig +notcp +short catalog.shop.svc.cluster.local
            S tcp; dig +tcp +short catalog.shop.svc.cluster.local
            S tcp aaaa; dig +tcp +short AAAA catalog.shop.svc.cluster.local
            S truncated; dig +noedns +ignore many.public.example | grep -o ' tc '
            S whole; dig +noedns +short many.public.example | sort
            S unknown; dig nothing.shop.svc.cluster.local | grep -o 'status: [A-Z]*'
            S no data; dig AAAA v4only.public.example | grep -o 'status: [A-Z]*, \\|ANSWER: [0-9]*'
            S dangling; probe dns dangling.public.example
            S getent; getent ahostsv4 catalog | head -n 1 | cut -d ' ' -f 1
            S python; python3 -c 'import socket
            print(sorted({a[4][0] for a in socket.getaddrinfo("orders", 8080)}))'
            S own name; getent hosts "$(hostname)"
            S resolv.conf; cat /etc/resolv.conf
            """;

    private static Sections app = new Sections(java.util.Map.of());
    private static Sections target = new Sections(java.util.Map.of());

    @BeforeAll
    static void askEverything() {
        target = Sections.inTarget(SCRIPT);
        app = Sections.of(Mirrord.onWeb(), SCRIPT);
    }

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "address catalog",
                "address catalog.shop",
                "address catalog.shop.svc",
                "address catalog.shop.svc.cluster.local",
                "address catalog.shop.svc.cluster.local.",
                "address orders",
                "address orders-0.orders",
                "address kubernetes.default",
                "address www.public.example",
                "address chain.public.example",
                "address v4only.public.example",
                "address v6only.public.example",
                "address any.wild.public.example",
                "srv headless",
                "srv public",
                "mx",
                "txt",
                "cname",
                "ptr ip4",
                "ptr ip6",
                "udp",
                "tcp",
                "tcp aaaa",
                "truncated",
                "whole",
                "no data",
                "getent",
                "python",
                "own name"
            })
    void theAnswerIsTheTargets(String question) {
        assertThat(app.get(question)).isNotEmpty().isEqualTo(target.get(question));
    }

    @Test
    void theAnswersAreRight() {
        String address = Pods.addressOfService("catalog");
        assertThat(app.get("address catalog").lines()).contains(address);
        assertThat(app.get("getent")).isEqualTo(address);
        assertThat(app.get("tcp")).isEqualTo(address);
        assertThat(app.get("ptr ip4")).isEqualTo(CATALOG + ".");
        assertThat(app.get("srv headless").lines())
                .hasSize(2)
                .anyMatch(line -> line.endsWith(" 8080 orders-0.orders.shop.svc.cluster.local."));
        assertThat(app.get("cname").lines()).hasSize(3);
        assertThat(app.get("address orders").lines()).hasSize(4);
        assertThat(app.get("address v6only.public.example")).isEqualTo("fd00:10:96::7110");
    }

    @Test
    void anAnswerTooLargeForUdpIsTruncatedThereAndWholeOverTcp() {
        assertThat(app.get("truncated")).isEqualTo("tc");
        assertThat(app.get("whole").lines()).hasSize(60).contains("203.0.113.160");
    }

    @Test
    void anUnknownNameIsUnknown() {
        assertThat(app.get("unknown")).isEqualTo("status: NXDOMAIN");
        assertThat(app.get("dangling")).contains("not-found");
    }

    @Test
    void resolvConfIsTheTargets() {
        assertThat(app.get("resolv.conf").lines())
                .isNotEmpty()
                .containsAll(target.get("resolv.conf").lines().toList());
    }

    @Test
    void aStaticImageWithoutEtcResolves() {
        assertThat(Mirrord.onWeb().probe("dns", "catalog", "ip4"))
                .isEqualTo(Pods.addressOfService("catalog"));
    }

    @Test
    void muslAndBusyboxResolve() {
        String out =
                Mirrord.onWeb()
                        .run(
                                Mirrord.MUSL,
                                "sh",
                                "-c",
                                "resolve catalog; resolve orders-0.orders; nslookup " + CATALOG)
                        .orFail()
                        .out();
        assertThat(out.lines().limit(2)).contains(Pods.addressOfService("catalog"));
        assertThat(out.lines().toList())
                .containsAll(target.get("address orders-0.orders").lines().toList());
        assertThat(out).contains(CATALOG);
    }

    @Test
    void dnsCanStayLocal() {
        Mirrord line = Mirrord.onWeb().with("--no-remote-dns");
        Sections local =
                Sections.of(
                        line,
                        "S name; probe dns catalog; S tcp; probe tcp "
                                + Pods.addressOfService("catalog")
                                + ":80");
        assertThat(local.get("name")).contains("not-found");
        assertThat(local.get("tcp")).startsWith("connected");
    }

    @Test
    void theUsersSearchDomainsAndOptionsWin() {
        Sections own =
                Sections.of(
                        Mirrord.onWeb()
                                .docker("--dns-search", "svc.cluster.local")
                                .docker("--dns-option", "ndots:2")
                                .docker("--dns-opt", "timeout:3"),
                        """
                        S resolv.conf; cat /etc/resolv.conf
                        S shop; probe dns catalog.shop ip4
                        S alone; probe dns catalog
                        """);
        assertThat(own.get("resolv.conf").lines())
                .contains("search svc.cluster.local")
                .anyMatch(line -> line.startsWith("options ndots:2 timeout:3"))
                .noneMatch(line -> line.contains("shop.svc") || line.contains("ndots:5"));
        assertThat(own.get("shop")).isEqualTo(Pods.addressOfService("catalog"));
        assertThat(own.get("alone")).contains("not-found");
    }

    @Test
    void theFilterSaysWhichNamesStayLocal(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        """
                        {"feature": {"network": {"dns":
                            {"filter": {"local": ["public.example"]}}}}}
                        """);
        Sections filtered =
                Sections.of(
                        Mirrord.onWeb().with("-f", config.toString()),
                        "S local; probe dns www.public.example; S remote; probe dns catalog ip4");
        String plain =
                Command.docker("run", "--rm", Mirrord.STATIC, "dns", "www.public.example").err();
        assertThat(kind(filtered.get("local"))).isNotEmpty().isEqualTo(kind(plain));
        assertThat(filtered.get("remote")).isEqualTo(Pods.addressOfService("catalog"));
    }

    /** How a look-up failed: {@code not-found} or {@code dns-failure}. */
    private static String kind(String complaint) {
        assertThat(complaint).startsWith("probe: dns: ");
        return complaint.split(": ")[2];
    }
}
