package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.SidecarConfig;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.TestingConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NameServiceTest {
    private final List<String> notices = new ArrayList<>();
    private final Counters counters = new Counters();
    private final List<String> asked = new ArrayList<>();

    /** Knows some names, each with one address. */
    private Resolver resolver(String who, String address, String... names) {
        return bytes -> {
            DnsMessage query = DnsMessage.parse(bytes).orElseThrow();
            asked.add(who + " " + query.question().name());
            try {
                return CompletableFuture.completedFuture(
                        List.of(names).contains(query.question().name())
                                ? query.addresses(List.of(InetAddress.getByName(address)), 30)
                                : query.empty(DnsMessage.NXDOMAIN));
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        };
    }

    private NameService service(String network, Optional<Resolver> docker) throws Exception {
        NameService service =
                new NameService(
                        SidecarConfig.fromJson(TestingConfig.json(TestingConfig.network(network)))
                                .network()
                                .dns(),
                        resolver("agent", "10.96.0.1", "redis.shop.svc", "web.shop.svc", "x.local"),
                        resolver("local", "192.168.1.1", "x.local"),
                        docker,
                        new KnownNames(),
                        new DnsCache(() -> 1),
                        notices::add,
                        counters);
        service.target(List.of("shop.svc", "svc"), true);
        return service;
    }

    private static String ask(NameService service, String name) {
        byte[] answer =
                service.resolve(
                                DnsMessage.parse(DnsMessage.query(1, name, DnsMessage.A))
                                        .orElseThrow())
                        .join();
        DnsMessage read = DnsMessage.parse(answer).orElseThrow();
        return read.code() + " " + read.addresses();
    }

    @Test
    void aNameOnTheUsersDockerNetworkWinsOnceSaid() throws Exception {
        NameService service = service("{}", Optional.of(resolver("docker", "172.20.0.9", "redis")));
        assertThat(ask(service, "redis.shop.svc")).isEqualTo("0 [/172.20.0.9]");
        assertThat(ask(service, "redis")).isEqualTo("0 [/172.20.0.9]");
        assertThat(ask(service, "web.shop.svc")).isEqualTo("0 [/10.96.0.1]");
        assertThat(notices).hasSize(1);
        assertThat(asked).contains("docker web").doesNotContain("docker web.shop.svc");
    }

    @Test
    void withoutDockerNamesTheClusterAnswers() throws Exception {
        assertThat(ask(service("{}", Optional.empty()), "redis.shop.svc"))
                .isEqualTo("0 [/10.96.0.1]");
    }

    @Test
    void aFilterSendsNamesToTheUsersNameservers() throws Exception {
        NameService service =
                service("{\"dns\":{\"filter\":{\"local\":[\"x.local\"]}}}", Optional.empty());
        assertThat(ask(service, "x.local")).isEqualTo("0 [/192.168.1.1]");
        assertThat(ask(service, "web.shop.svc")).isEqualTo("0 [/10.96.0.1]");
    }

    @Test
    void everyQueryIsCountedFromTheCacheToo() throws Exception {
        NameService service = service("{}", Optional.empty());
        ask(service, "web.shop.svc");
        DnsMessage query =
                DnsMessage.parse(DnsMessage.query(1, "web.shop.svc", DnsMessage.A)).orElseThrow();
        assertThat(service.cached(query)).isPresent();

        assertThat(counters.get(Counters.Counter.DNS_QUERIES)).isEqualTo(2);
    }

    @Test
    void aFailureIsServfail() throws Exception {
        NameService service =
                new NameService(
                        SidecarConfig.fromJson(TestingConfig.json(TestingConfig.network("{}")))
                                .network()
                                .dns(),
                        bytes -> CompletableFuture.failedFuture(new IllegalStateException()),
                        resolver("local", "1.1.1.1"),
                        Optional.empty(),
                        new KnownNames(),
                        new DnsCache(() -> 1),
                        notices::add,
                        counters);
        assertThat(ask(service, "web.shop.svc")).isEqualTo("2 []");
    }
}
