package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads podman's {@code --network}: {@code NAME[:ip=…,alias=…]}. */
final class PodmanNetwork {

    /** Where the words after the colon are not a network's. */
    private static final Set<String> OTHER_MODES =
            Set.of("container", "ns", "slirp4netns", "pasta", "private", "host", "none");

    private PodmanNetwork() {}

    static NetworkAttachment parse(String value) {
        int colon = value.indexOf(':');
        if (value.isBlank()) {
            throw new CommandException("no name set for --network");
        }
        if (colon < 0 || OTHER_MODES.contains(value.substring(0, colon))) {
            return NetworkAttachment.of(value);
        }
        Optional<String> ipv4 = Optional.empty();
        Optional<String> ipv6 = Optional.empty();
        Optional<String> mac = Optional.empty();
        List<String> aliases = new ArrayList<>();
        for (String field : value.substring(colon + 1).split(",")) {
            int equals = field.indexOf('=');
            String given = field.substring(equals + 1);
            switch (equals < 1 ? field : field.substring(0, equals)) {
                case "alias" -> aliases.add(given);
                case "ip" -> {
                    String address = IpText.checked("--network ip=", given);
                    if (address.contains(":")) {
                        ipv6 = Optional.of(address);
                    } else {
                        ipv4 = Optional.of(address);
                    }
                }
                case "ip6" -> ipv6 = Optional.of(IpText.checked("--network ip6=", given));
                case "mac" -> mac = Optional.of(given);
                default ->
                        throw new CommandException(
                                "'%s' in --network %s cannot be given to the sidecar's network"
                                        .formatted(field, value),
                                "Leave it out; alias, ip, ip6 and mac can be given.");
            }
        }
        return new NetworkAttachment(
                value.substring(0, colon),
                aliases,
                List.of(),
                ipv4,
                ipv6,
                mac,
                List.of(),
                Map.of(),
                0);
    }
}
