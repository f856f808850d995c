package dev.mirrord.config;

import dev.mirrord.config.http.Conditions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How TLS of stolen ports is ended, so that a filter can look into it.
 *
 * @param identities empty: TLS is not looked into
 * @param delivery how the app gets it, as a subscription tells the agent (docs/protocol.md)
 */
public record TlsConfig(List<TlsIdentity> identities, String delivery) {
    public static final TlsConfig NONE = new TlsConfig(List.of(), "{}");

    public TlsConfig {
        identities = List.copyOf(identities);
    }

    /** What the agent is told of TLS at a port of the app. */
    Optional<String> at(int port) {
        List<TlsIdentity> own = identities.stream().filter(each -> each.isFor(port)).toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        String alpn =
                own.stream()
                        .map(TlsIdentity::protocols)
                        .filter(protocols -> !protocols.isEmpty())
                        .findFirst()
                        .map(
                                protocols ->
                                        protocols.stream()
                                                .map(Conditions::quoted)
                                                .collect(
                                                        Collectors.joining(
                                                                ",", ",\"alpn\":[", "]")))
                        .orElse("");
        String clients =
                own.stream()
                        .flatMap(each -> each.clients().stream())
                        .findFirst()
                        .map(json -> ",\"clients\":" + json)
                        .orElse("");
        return Optional.of(
                own.stream()
                                .map(TlsIdentity::json)
                                .collect(Collectors.joining(",", "{\"identities\":[", "]"))
                        + alpn
                        + clients
                        + ",\"delivery\":"
                        + delivery
                        + "}");
    }
}
