package dev.mirrord.agent.tls;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a subscription says of TLS (docs/protocol.md, SUBSCRIBE).
 *
 * @param protocols of ALPN that clients are offered at most; empty: what the target agrees to
 * @param clients of a target that asks for their certificates; empty: they stay the target's
 * @param header in which the app is told a client's certificate
 */
record TlsSettings(
        List<Source> sources,
        Optional<List<String>> protocols,
        Optional<ClientFiles> clients,
        Delivery delivery,
        Optional<String> header) {

    /** Absolute paths in the target's tree: whose certificates clients have, and what is shown. */
    record ClientFiles(String roots, String certificate, String key) {}

    /** Where certificate and key come from. */
    sealed interface Source {
        /** Absolute paths in the target's tree. */
        record Files(String certificate, String key) implements Source {}

        /** PEM texts. */
        record Given(String certificate, String key, String name) implements Source {
            @Override
            public String toString() {
                return name;
            }
        }
    }

    /** How the app gets what was decrypted. */
    sealed interface Delivery {
        record Plain() implements Delivery {}

        /**
         * @param roots PEM; empty: any certificate will do
         * @param serverName empty: as the client said, else {@code localhost}
         * @param certificate PEM: this one and no other
         */
        record Encrypted(
                Optional<String> roots, Optional<String> serverName, Optional<String> certificate)
                implements Delivery {}
    }

    /**
     * @throws IllegalArgumentException when it is not of the form that docs/protocol.md says
     */
    static TlsSettings of(JsonNode json) {
        List<Source> sources = new ArrayList<>();
        for (JsonNode each : json.path("identities")) {
            sources.add(
                    each.has("certificatePem")
                            ? new Source.Given(
                                    each.path("certificatePem").asText(),
                                    each.path("keyPem").asText(),
                                    each.path("name").asText())
                            : new Source.Files(
                                    absolute(each.path("certificate").asText()),
                                    absolute(each.path("key").asText())));
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("tls without certificate and key");
        }
        List<String> protocols = new ArrayList<>();
        json.path("alpn").forEach(each -> protocols.add(each.asText()));
        return new TlsSettings(
                List.copyOf(sources),
                json.has("alpn") ? Optional.of(List.copyOf(protocols)) : Optional.empty(),
                json.has("clients") ? Optional.of(clients(json.path("clients"))) : Optional.empty(),
                delivery(json.path("delivery")),
                text(json.path("delivery").path("header")));
    }

    private static ClientFiles clients(JsonNode json) {
        return new ClientFiles(
                absolute(json.path("roots").asText()),
                absolute(json.path("certificate").asText()),
                absolute(json.path("key").asText()));
    }

    private static String absolute(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("tls with a path that is not absolute: " + path);
        }
        return path;
    }

    private static Delivery delivery(JsonNode json) {
        return switch (json.path("protocol").asText("tls")) {
            case "tcp" -> new Delivery.Plain();
            case "tls" ->
                    new Delivery.Encrypted(
                            text(json.path("roots")),
                            text(json.path("serverName")),
                            text(json.path("certificate")));
            default ->
                    throw new IllegalArgumentException(
                            "unknown delivery of TLS: " + json.path("protocol"));
        };
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }
}
