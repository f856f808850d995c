package dev.mirrord.sidecar.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.SidecarConfig;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.sidecar.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The CLI's first message.
 *
 * @param tunnels how many there shall be
 * @param relaySocket true: the sidecar dials the CLI's socket; false: the CLI brings connections
 * @param files true: the target's files are mounted
 * @param dnsUpstream the loopback address that the engine was told to ask
 * @param replicas true: the target has pods that come and go
 * @param userEnvironment names that the user gave to the engine
 * @param networks the user's own Docker networks
 * @param engineNameservers who knows the names on those networks
 * @param nameservers for names that are resolved locally: the user's {@code --dns}, else the host's
 * @param searchDomains the user's {@code --dns-search}
 * @param resolverOptions the user's {@code --dns-option}
 * @param hostGatewayNames the user's names of the engine's host: {@code --add-host X:host-gateway}
 * @param debuggerPorts on which the app's command line has a debugger listen
 */
public record Bootstrap(
        String session,
        SessionIdentity identity,
        int tunnels,
        boolean relaySocket,
        boolean files,
        Optional<String> dnsUpstream,
        SidecarConfig config,
        boolean replicas,
        Set<String> userEnvironment,
        List<String> networks,
        List<String> engineNameservers,
        List<String> nameservers,
        List<String> searchDomains,
        List<String> resolverOptions,
        List<String> hostGatewayNames,
        Set<Integer> debuggerPorts) {
    /** Version of the messages that this build understands. */
    static final int PROTOCOL = 1;

    /**
     * @throws IllegalArgumentException a sentence
     */
    public static Bootstrap parse(JsonNode message) {
        int protocol = message.path("protocol").asInt();
        if (protocol != PROTOCOL) {
            throw new IllegalArgumentException(
                    "the CLI speaks control protocol %d, the sidecar's image %d: use CLI and image of one version"
                            .formatted(protocol, PROTOCOL));
        }
        String upstream = message.path("dnsUpstream").asText("");
        return new Bootstrap(
                message.path("session").asText(),
                SessionIdentity.fromPem(message.path("identity").asText()),
                Math.max(1, message.path("tunnels").asInt(2)),
                message.path("relaySocket").asBoolean(),
                message.path("files").asBoolean(),
                upstream.isEmpty() ? Optional.empty() : Optional.of(upstream),
                SidecarConfig.fromJson(message.path("config").asText()),
                message.path("replicas").asBoolean(),
                Set.copyOf(Json.texts(message.path("userEnvironment"))),
                Json.texts(message.path("networks")),
                Json.texts(message.path("engineNameservers")),
                Json.texts(message.path("nameservers")),
                Json.texts(message.path("searchDomains")),
                Json.texts(message.path("resolverOptions")),
                Json.texts(message.path("hostGatewayNames")),
                Set.copyOf(Json.numbers(message.path("debuggerPorts"))));
    }

    @Override
    public String toString() {
        return "Bootstrap[" + session + "]";
    }
}
