package dev.mirrord.sidecar.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.sidecar.Json;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The agent's answer to the query {@code target}.
 *
 * @param addresses of the pod, without loopback and link-local ones
 * @param ownListening ports on which processes of the target's own container listen
 * @param listening the same of all its pod's containers
 */
public record TargetFacts(
        String hostname,
        String resolvConf,
        String hosts,
        Set<InetAddress> addresses,
        List<Integer> ownListening,
        List<Integer> listening) {

    public static TargetFacts parse(byte[] json) {
        JsonNode facts = Json.parse(new String(json, StandardCharsets.UTF_8));
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String text : Json.texts(facts.path("addresses"))) {
            try {
                InetAddress address = InetAddress.getByName(text);
                if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                    addresses.add(address);
                }
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("the agent sent an address " + text, e);
            }
        }
        return new TargetFacts(
                facts.path("hostname").asText(),
                facts.path("resolvConf").asText(),
                facts.path("hosts").asText(),
                addresses,
                Json.numbers(facts.path("ownListening")),
                Json.numbers(facts.path("listening")));
    }

    public boolean hasIpv6() {
        return addresses.stream().anyMatch(address -> !(address instanceof Inet4Address));
    }
}
