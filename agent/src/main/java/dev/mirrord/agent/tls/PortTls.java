package dev.mirrord.agent.tls;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.files.TargetReader;
import dev.mirrord.agent.tls.TlsSettings.Source;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * TLS of one subscribed port. Certificates and keys are looked up by what the target shows: when it
 * shows a new one, the files are read again. Any thread.
 */
public final class PortTls {
    private static final int MOST_IDENTITIES = 16;
    private static final Set<String> KNOWN_PROTOCOLS = Set.of("h2", "http/1.1", "http/1.0");

    private final TlsSettings settings;
    private final TargetReader files;
    private final Consumer<String> notices;
    private final List<Identity> identities = new CopyOnWriteArrayList<>();
    private final Map<Offer, SslContext> servers = new ConcurrentHashMap<>();
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private final ToApp toApp;
    private volatile Optional<Clients> clients = Optional.empty();

    private record Offer(Identity identity, Optional<String> protocol, Optional<Clients> clients) {}

    private PortTls(
            TlsSettings settings, ToApp toApp, TargetReader files, Consumer<String> notices) {
        this.settings = settings;
        this.toApp = toApp;
        this.files = files;
        this.notices = notices;
    }

    /**
     * Reads all certificates and keys.
     *
     * @param notices hears what is for the user, each sentence once
     * @return fails with a message for the user
     */
    static CompletableFuture<PortTls> load(
            TlsSettings settings, TargetReader files, Consumer<String> notices) {
        try {
            PortTls port = new PortTls(settings, ToApp.of(settings.delivery()), files, notices);
            return port.read().thenApply(done -> port);
        } catch (UnusableTls e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> read() {
        return CompletableFuture.allOf(
                Stream.concat(
                                settings.sources().stream()
                                        .map(source -> read(source).thenAccept(this::add)),
                                settings.clients().stream().map(this::readClients))
                        .toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> readClients(TlsSettings.ClientFiles named) {
        return read(new Source.Files(named.certificate(), named.key()))
                .thenCombine(
                        files.read(named.roots()), (shown, roots) -> clients(named, shown, roots))
                .thenAccept(read -> clients = Optional.of(read));
    }

    private static Clients clients(TlsSettings.ClientFiles named, Identity shown, byte[] roots) {
        try {
            return Clients.of(
                    Identity.certificates(roots, named.roots()),
                    named.roots(),
                    shown,
                    named.certificate());
        } catch (UnusableTls e) {
            throw new CompletionException(e);
        }
    }

    private synchronized void add(Identity read) {
        if (find(read.leaf()).isEmpty()) {
            identities.addFirst(read);
            AgentLog.info(
                    "certificate of the target", "subject", read.leaf().getSubjectX500Principal());
        }
        if (identities.size() > MOST_IDENTITIES) {
            Identity oldest = identities.removeLast();
            servers.keySet().removeIf(each -> each.identity().equals(oldest));
        }
    }

    private CompletableFuture<Identity> read(Source source) {
        return switch (source) {
            case Source.Files(String certificate, String key) ->
                    files.read(certificate)
                            .thenCombine(
                                    files.read(key),
                                    (chain, secret) -> identity(chain, certificate, secret, key));
            case Source.Given(String certificate, String key, String name) ->
                    CompletableFuture.completedFuture(
                            identity(
                                    certificate.getBytes(StandardCharsets.US_ASCII),
                                    name,
                                    key.getBytes(StandardCharsets.US_ASCII),
                                    name));
        };
    }

    private static Identity identity(byte[] chain, String chainName, byte[] key, String keyName) {
        try {
            return Identity.of(chain, chainName, key, keyName);
        } catch (UnusableTls e) {
            throw new CompletionException(e);
        }
    }

    private Optional<Identity> find(X509Certificate shown) {
        return identities.stream().filter(each -> each.leaf().equals(shown)).findFirst();
    }

    /** The identity whose certificate the target shows; empty if there is none, even now. */
    CompletableFuture<Optional<Identity>> identityOf(X509Certificate shown) {
        Optional<Identity> known = find(shown);
        return known.isPresent()
                ? CompletableFuture.completedFuture(known)
                : read().handle(
                                (_, failure) -> {
                                    if (failure != null) {
                                        AgentLog.warn(
                                                "certificate cannot be read again",
                                                "why",
                                                failure.getMessage());
                                    }
                                    return find(shown);
                                });
    }

    /** What both ends may agree on; empty: nothing that we understand. */
    Optional<List<String>> protocols(ClientHello hello) {
        if (hello.protocols().isEmpty()) {
            return Optional.of(List.of());
        }
        List<String> possible =
                hello.protocols().stream()
                        .filter(KNOWN_PROTOCOLS::contains)
                        .filter(
                                each ->
                                        settings.protocols()
                                                .map(all -> all.contains(each))
                                                .orElse(true))
                        .toList();
        return possible.isEmpty() ? Optional.empty() : Optional.of(possible);
    }

    /** Empty: of a target that asks for client certificates, nothing is taken. */
    Optional<Clients> clients() {
        return clients;
    }

    /** In which field of a request the app is told a client's certificate. */
    Optional<String> header() {
        return settings.header();
    }

    /**
     * Our end towards clients.
     *
     * @param asked clients that are asked who they are; empty: they are not
     */
    SslContext server(Identity identity, Optional<String> protocol, Optional<Clients> asked)
            throws SSLException {
        Offer offer = new Offer(identity, protocol, asked);
        SslContext known = servers.get(offer);
        if (known == null) {
            known = Contexts.server(identity, protocol, asked);
            servers.put(offer, known);
        }
        return known;
    }

    ToApp toApp() {
        return toApp;
    }

    /** For the user, once. */
    void notice(String text) {
        if (said.add(text)) {
            AgentLog.info("tls", "notice", text);
            notices.accept(text);
        }
    }
}
