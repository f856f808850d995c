package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One port of the namespace made reachable from outside.
 *
 * @param hostAddress empty: every address
 * @param hostPort empty: any; {@code 8000-8010}: any of them
 */
public record PublishedPort(
        String hostAddress, String hostPort, int containerPort, String protocol) {

    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");

    /** The engine's key for the container's side: {@code 80/tcp}. */
    public String exposed() {
        return containerPort + "/" + protocol;
    }

    /**
     * Reads a value of {@code --publish}: {@code [[address:]hostPort:]containerPort[/protocol]}
     * with ranges, or {@code published=…,target=…,protocol=…}.
     */
    static List<PublishedPort> parse(String value) {
        String text = value.contains("=") ? shortForm(value) : value;
        int last = text.lastIndexOf(':');
        int beforeLast = last < 0 ? -1 : text.lastIndexOf(':', last - 1);
        String container = text.substring(last + 1);
        String hostPorts = last < 0 ? "" : text.substring(beforeLast + 1, last);
        String address = beforeLast < 0 ? "" : text.substring(0, beforeLast);
        int slash = container.indexOf('/');
        String protocol =
                slash < 0 ? "tcp" : container.substring(slash + 1).toLowerCase(Locale.ROOT);
        if (!PROTOCOLS.contains(protocol)) {
            throw invalid(value, "invalid proto: " + protocol);
        }
        PortRange inside =
                PortRange.parse(slash < 0 ? container : container.substring(0, slash))
                        .orElseThrow(() -> invalid(value, "invalid containerPort: " + container));
        if (hostPorts.isEmpty()) {
            return ports(unbracketed(address), inside, protocol, List.of());
        }
        PortRange outside =
                PortRange.parse(hostPorts)
                        .orElseThrow(() -> invalid(value, "invalid hostPort: " + hostPorts));
        if (inside.size() == 1 && outside.size() > 1) {
            return ports(unbracketed(address), inside, protocol, List.of(outside.text()));
        }
        if (inside.size() != outside.size()) {
            throw invalid(
                    value,
                    "invalid ranges specified for container and host Ports: %s and %s"
                            .formatted(inside.text(), outside.text()));
        }
        return ports(
                unbracketed(address),
                inside,
                protocol,
                outside.ports().stream().map(String::valueOf).toList());
    }

    private static List<PublishedPort> ports(
            String address, PortRange inside, String protocol, List<String> hostPorts) {
        List<PublishedPort> ports = new ArrayList<>();
        List<Integer> containerPorts = inside.ports();
        for (int index = 0; index < containerPorts.size(); index++) {
            String hostPort = hostPorts.isEmpty() ? "" : hostPorts.get(index);
            ports.add(new PublishedPort(address, hostPort, containerPorts.get(index), protocol));
        }
        return ports;
    }

    private static String shortForm(String value) {
        String published = "";
        String target = "";
        String protocol = "tcp";
        for (String field : value.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new CommandException(
                        "invalid publish opts format (should be name=value but got '%s')"
                                .formatted(field));
            }
            String text = field.substring(equals + 1);
            switch (field.substring(0, equals)) {
                case "published" -> published = text;
                case "target" -> target = text;
                case "protocol" -> protocol = text;
                default -> {} // docker ignores others, mode=host among them
            }
        }
        return published + ":" + target + "/" + protocol;
    }

    private static String unbracketed(String address) {
        return address.startsWith("[") && address.endsWith("]")
                ? address.substring(1, address.length() - 1)
                : address;
    }

    private static CommandException invalid(String value, String why) {
        return new CommandException("invalid value \"" + value + "\" for --publish: " + why);
    }
}
