package dev.mirrord.session.docker.rewrite;

import dev.mirrord.config.PidOne;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the session adds to the user's line.
 *
 * @param id short and unique, in lower-case letters and digits
 * @param owner {@code USER@HOST}
 * @param sidecarImage also the layer container's image
 * @param hostname the target's; the user's {@code --hostname} wins
 * @param nameserver where the sidecar answers DNS for the engine; the user's {@code --dns} never
 *     goes to the engine (see {@link Rewrite#nameservers})
 * @param searchDomains the target's; the user's {@code --dns-search} wins
 * @param sysctls of the namespace; the user's {@code --sysctl net.*} wins
 * @param capabilities what the sidecar keeps: {@code NET_ADMIN}
 * @param relayDirectory a folder of the engine's host, bound into the sidecar at {@link
 *     SidecarSpec#RELAY_TARGET}
 * @param removeSidecar the engine removes the sidecar when it exits
 */
public record SessionFacts(
        String id,
        String owner,
        String sidecarImage,
        Optional<String> hostname,
        Optional<String> nameserver,
        List<String> searchDomains,
        Map<String, String> sysctls,
        List<String> capabilities,
        Optional<String> relayDirectory,
        boolean removeSidecar,
        PidOne pidOne) {

    public SessionFacts {
        if (!id.matches("[a-z0-9][a-z0-9_.-]*")) {
            throw new IllegalArgumentException("session id: " + id);
        }
        searchDomains = List.copyOf(searchDomains);
        sysctls = Map.copyOf(sysctls);
        capabilities = List.copyOf(capabilities);
    }

    /** A session with nothing special. */
    public static SessionFacts of(String id, String owner, String sidecarImage) {
        return new SessionFacts(
                id,
                owner,
                sidecarImage,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of("NET_ADMIN"),
                Optional.empty(),
                false,
                PidOne.AUTO);
    }

    public String sidecarName() {
        return "mirrord-" + id + "-sidecar";
    }

    public String layerName() {
        return "mirrord-" + id + "-layer";
    }

    public Map<String, String> labels() {
        return Labels.of(id, owner);
    }
}
