package dev.mirrord.sidecar.dns;

import dev.mirrord.config.DnsConfig;
import dev.mirrord.config.filter.Side;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the app's queries.
 *
 * <pre>
 *   filter says local ------------------------------&gt; the user's nameservers
 *   cached -----------------------------------------&gt; at once
 *   single label, on the user's Docker networks too &gt; engine and agent side by side; the engine's wins
 *   else -------------------------------------------&gt; the agent
 *   AAAA without IPv6 in the target ----------------&gt; as the agent says, without addresses
 * </pre>
 */
public final class NameService {
    private static final int DOCKER_TTL = 5;

    private final DnsConfig config;
    private final Resolver target;
    private final Resolver local;
    private final Optional<Resolver> docker;
    private final KnownNames names;
    private final DnsCache cache;
    private final Consumer<String> notices;
    private final Counters counters;
    private final AtomicBoolean dockerSaid = new AtomicBoolean();
    private volatile List<String> searchDomains = List.of();
    private volatile boolean ipv6 = true;

    public NameService(
            DnsConfig config,
            Resolver target,
            Resolver local,
            Optional<Resolver> docker,
            KnownNames names,
            DnsCache cache,
            Consumer<String> notices,
            Counters counters) {
        this.config = config;
        this.target = target;
        this.local = local;
        this.docker = docker;
        this.names = names;
        this.cache = cache;
        this.notices = notices;
        this.counters = counters;
    }

    /** What the target's pod has. */
    public void target(List<String> domains, boolean hasIpv6) {
        searchDomains = List.copyOf(domains);
        ipv6 = hasIpv6;
    }

    /** At once, or empty when somebody has to be asked. */
    Optional<byte[]> cached(DnsMessage query) {
        Optional<byte[]> found = query.isStandardQuery() ? cache.get(query) : Optional.empty();
        found.ifPresent(any -> counters.add(Counter.DNS_QUERIES));
        return found;
    }

    /** Never fails: what goes wrong is SERVFAIL. */
    CompletableFuture<byte[]> resolve(DnsMessage query) {
        counters.add(Counter.DNS_QUERIES);
        if (config.filter().decide(query.question().name()) == Side.LOCAL) {
            return remembered(query, local.resolve(query.bytes()));
        }
        CompletableFuture<byte[]> answer = target.resolve(query.bytes());
        if (withheld(query)) {
            answer = answer.thenApply(bytes -> withoutAddresses(query, bytes));
        }
        Optional<String> label = dockerLabel(query.question());
        if (label.isPresent() && docker.isPresent()) {
            return dockerFirst(query, label.get(), docker.get(), answer);
        }
        return remembered(query, answer);
    }

    /** The single label that a query for an address stands for, its search domain taken off. */
    Optional<String> dockerLabel(DnsMessage.Question question) {
        if (!question.isAddress() || !config.dockerNames()) {
            return Optional.empty();
        }
        String name = question.name();
        for (String domain : searchDomains) {
            if (name.endsWith("." + domain)) {
                String rest = name.substring(0, name.length() - domain.length() - 1);
                if (!rest.contains(".")) {
                    return Optional.of(rest);
                }
            }
        }
        return name.isEmpty() || name.contains(".") ? Optional.empty() : Optional.of(name);
    }

    private CompletableFuture<byte[]> dockerFirst(
            DnsMessage query, String label, Resolver engine, CompletableFuture<byte[]> fallback) {
        byte[] question = DnsMessage.query(query.id(), label, query.question().type());
        return engine.resolve(question)
                .handle((bytes, error) -> error == null ? dockerAnswer(query, label, bytes) : null)
                .thenCompose(
                        found ->
                                found == null
                                        ? remembered(query, fallback)
                                        : CompletableFuture.completedFuture(found));
    }

    private byte @Nullable [] dockerAnswer(DnsMessage query, String label, byte[] bytes) {
        DnsMessage answer = DnsMessage.parse(bytes).orElse(null);
        if (answer == null || answer.code() != 0) {
            return null;
        }
        List<InetAddress> addresses = answer.addresses();
        if (dockerSaid.compareAndSet(false, true)) {
            notices.accept(
                    "%s is answered by your Docker network, which wins over the cluster's names"
                            .formatted(label));
        }
        return query.addresses(addresses, DOCKER_TTL);
    }

    private CompletableFuture<byte[]> remembered(
            DnsMessage query, CompletableFuture<byte[]> answer) {
        return answer.handle(
                (bytes, error) -> {
                    if (error != null) {
                        return query.empty(DnsMessage.SERVFAIL);
                    }
                    DnsMessage.parse(bytes)
                            .ifPresent(
                                    parsed -> {
                                        names.add(parsed);
                                        if (query.isStandardQuery()) {
                                            cache.put(query, parsed);
                                        }
                                    });
                    return bytes;
                });
    }

    private boolean withheld(DnsMessage query) {
        return !ipv6 && query.question().type() == DnsMessage.AAAA;
    }

    private static byte[] withoutAddresses(DnsMessage query, byte[] bytes) {
        return DnsMessage.parse(bytes)
                .filter(answer -> !answer.addresses().isEmpty())
                .map(answer -> query.empty(0))
                .orElse(bytes);
    }
}
