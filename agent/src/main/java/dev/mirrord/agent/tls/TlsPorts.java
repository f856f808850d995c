package dev.mirrord.agent.tls;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.agent.files.TargetReader;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.PortSource;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.incoming.TlsEnding;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Errno;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stolen ports whose TLS ends at the agent. Any thread. */
public final class TlsPorts implements TlsEnding {
    private final Target target;
    private final Map<Integer, Owned> ports = new ConcurrentHashMap<>();
    private @Nullable TargetReader reader;

    private record Owned(PortTls tls, PortSource.Lost owner) {}

    public TlsPorts(Target target) {
        this.target = target;
    }

    /** How TLS at a port is handled; empty: it is not looked into. */
    public Optional<PortTls> at(int port) {
        return Optional.ofNullable(ports.get(port)).map(Owned::tls);
    }

    /** Its subscriptions begin when certificate and key have been read. */
    @Override
    public PortSource over(PortSource source, JsonNode json) {
        return new Source(source, TlsSettings.of(json));
    }

    private synchronized TargetReader reader() {
        TargetReader started = reader;
        if (started == null) {
            started = TargetReader.start(target);
            reader = started;
        }
        return started;
    }

    private final class Source implements PortSource {
        private final PortSource source;
        private final TlsSettings settings;

        Source(PortSource source, TlsSettings settings) {
            this.source = source;
            this.settings = settings;
        }

        @Override
        public CompletableFuture<Void> subscribe(int port, Optional<HttpFilter> filter, Lost lost) {
            if (filter.isEmpty()) {
                return CompletableFuture.failedFuture(
                        new SubscriptionRefused(
                                Errno.EINVAL, "TLS is taken apart for a filter only"));
            }
            return PortTls.load(settings, reader(), lost::notice)
                    .handle(
                            (loaded, failure) -> {
                                if (failure != null) {
                                    throw new CompletionException(refused(failure));
                                }
                                return loaded;
                            })
                    .thenCompose(
                            loaded -> {
                                // Before the first connection comes.
                                ports.put(port, new Owned(loaded, lost));
                                return source.subscribe(port, filter, lost);
                            })
                    .whenComplete(
                            (_, failure) -> {
                                if (failure != null) {
                                    forget(port, lost);
                                }
                            });
        }

        @Override
        public CompletableFuture<Void> unsubscribe(int port, Lost owner) {
            forget(port, owner);
            return source.unsubscribe(port, owner);
        }

        @Override
        public boolean has(int port) {
            return source.has(port);
        }

        private void forget(int port, Lost owner) {
            ports.computeIfPresent(port, (_, now) -> now.owner.equals(owner) ? null : now);
        }
    }

    private static SubscriptionRefused refused(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new SubscriptionRefused(
                Errno.EINVAL, "cannot end TLS here: " + String.valueOf(cause.getMessage()));
    }
}
