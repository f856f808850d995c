package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.IncomingConfig;
import dev.mirrord.config.NetworkConfig;
import dev.mirrord.config.SidecarConfig;
import dev.mirrord.config.TlsConfig;
import dev.mirrord.config.TlsIdentity;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Secrets with certificate and key that the user named: the only ones that are ever read. Their
 * text goes to the sidecar and from there to the agent, nowhere else.
 */
final class TlsSecrets {
    private TlsSecrets() {}

    /** The same configuration with what the Secrets hold. */
    static SidecarConfig read(SidecarConfig config, ClusterSide.Resolved resolved) {
        IncomingConfig incoming = config.network().incoming();
        if (incoming.tls().identities().stream().allMatch(each -> each.secret().isEmpty())) {
            return config;
        }
        String namespace =
                resolved.target()
                        .orElseThrow(() -> new SessionFailure("there is no target to steal TLS of"))
                        .namespace();
        List<TlsIdentity> read =
                incoming.tls().identities().stream()
                        .map(each -> read(each, resolved.cluster(), namespace))
                        .toList();
        NetworkConfig network = config.network();
        return new SidecarConfig(
                config.environment(),
                config.hostname(),
                config.files(),
                new NetworkConfig(
                        network.ipv6(),
                        network.dns(),
                        network.outgoing(),
                        incoming.with(new TlsConfig(read, incoming.tls().delivery()))));
    }

    private static TlsIdentity read(TlsIdentity identity, Cluster cluster, String namespace) {
        if (identity.secret().isEmpty()) {
            return identity;
        }
        String name = identity.secret().get();
        ApiReply reply = cluster.api().get("/api/v1/namespaces/" + namespace + "/secrets/" + name);
        if (reply.status() == 404) {
            throw new SessionFailure(
                    ("there is no Secret %s in namespace %s, which feature.network.incoming.tls"
                         + " names: kubectl get secrets -n %s shows those that are there")
                            .formatted(name, namespace, namespace));
        }
        if (!reply.succeeded()) {
            throw Refusals.of(reply, "get", "secrets", namespace);
        }
        JsonNode data = reply.json().path("data");
        return identity.read(entry(data, "tls.crt", name), entry(data, "tls.key", name));
    }

    private static String entry(JsonNode data, String field, String name) {
        try {
            String text =
                    new String(
                            Base64.getDecoder().decode(data.path(field).asText()),
                            StandardCharsets.US_ASCII);
            if (!text.isEmpty()) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            throw new SessionFailure("Secret %s has a malformed %s".formatted(name, field), e);
        }
        throw new SessionFailure(
                "Secret %s has no %s: feature.network.incoming.tls needs one of type"
                                .formatted(name, field)
                        + " kubernetes.io/tls");
    }
}
