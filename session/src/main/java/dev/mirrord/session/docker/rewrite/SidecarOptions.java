package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.RunFlag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The flags that move, as the sidecar's specification. */
final class SidecarOptions {

    private SidecarOptions() {}

    static SidecarSpec of(ContainerCommand command, ImageConfig image, SessionFacts facts) {
        command.all(RunFlag.DNS).forEach(value -> IpText.checked("--dns", value));
        List<NetworkAttachment> networks = networks(command);
        boolean publishAll = command.on(RunFlag.PUBLISH_ALL);
        List<PublishedPort> ports =
                command.all(RunFlag.PUBLISH).stream()
                        .flatMap(value -> PublishedPort.parse(value).stream())
                        .distinct()
                        .toList();
        List<String> search = command.all(RunFlag.DNS_SEARCH);
        return new SidecarSpec(
                facts.sidecarImage(),
                facts.sidecarName(),
                facts.layerName(),
                facts.labels(),
                nonEmpty(command, RunFlag.HOSTNAME).or(facts::hostname),
                nonEmpty(command, RunFlag.DOMAINNAME),
                ports,
                exposed(command, image, ports, publishAll),
                publishAll,
                networks,
                facts.nameserver().stream().toList(),
                search.isEmpty() ? facts.searchDomains() : search,
                command.all(RunFlag.DNS_OPTION),
                command.all(RunFlag.ADD_HOST).stream().map(SidecarOptions::extraHost).toList(),
                networks.getFirst().userDefined() ? List.of() : command.all(RunFlag.LINK),
                sysctls(command, facts),
                facts.capabilities(),
                restartPolicy(command),
                // an engine takes only one of the two
                facts.removeSidecar() && restartPolicy(command).equals("no"),
                userNamespace(command),
                facts.relayDirectory()
                        .map(directory -> new RelayMount(directory, facts.id() + ".sock")));
    }

    /** A sysctl of the network namespace; the others belong to the app's own namespaces. */
    static boolean ofNamespace(String sysctl) {
        return sysctl.startsWith("net.") || sysctl.startsWith("net/");
    }

    private static Map<String, String> sysctls(ContainerCommand command, SessionFacts facts) {
        Map<String, String> sysctls = new TreeMap<>(facts.sysctls());
        for (String value : command.all(RunFlag.SYSCTL)) {
            if (ofNamespace(value)) {
                int equals = value.indexOf('=');
                if (equals < 0) {
                    throw new CommandException(
                            "sysctl '" + value + "' is not allowed: it has to be name=value");
                }
                sysctls.put(value.substring(0, equals), value.substring(equals + 1));
            }
        }
        return sysctls;
    }

    /** The sidecar lives as long as the app may come back. */
    private static String restartPolicy(ContainerCommand command) {
        return command.detached() ? nonEmpty(command, RunFlag.RESTART).orElse("no") : "no";
    }

    private static Set<String> exposed(
            ContainerCommand command,
            ImageConfig image,
            List<PublishedPort> ports,
            boolean publishAll) {
        Set<String> exposed = new TreeSet<>();
        ports.forEach(port -> exposed.add(port.exposed()));
        for (String value : command.all(RunFlag.EXPOSE)) {
            if (value.contains(":")) {
                throw new CommandException("invalid port format for --expose: " + value);
            }
            for (PublishedPort port : PublishedPort.parse(value)) {
                exposed.add(port.exposed());
            }
        }
        if (publishAll) {
            exposed.addAll(image.exposedPorts());
        }
        return exposed;
    }

    /** {@code host:address} or {@code host=address}, an IPv6 address with or without brackets. */
    private static String extraHost(String value) {
        int separator = value.indexOf('=') >= 0 ? value.indexOf('=') : value.indexOf(':');
        if (separator < 1 || separator == value.length() - 1) {
            throw new CommandException("bad format for add-host: \"" + value + "\"");
        }
        String address = value.substring(separator + 1);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (!address.equals(SidecarSpec.HOST_GATEWAY)) {
            IpText.checked("--add-host", address);
        }
        return value.substring(0, separator) + ":" + address;
    }

    private static List<NetworkAttachment> networks(ContainerCommand command) {
        List<NetworkAttachment> given =
                command.all(RunFlag.NETWORK).stream()
                        .map(value -> NetworkParser.parse(command.runtime(), value))
                        .toList();
        List<NetworkAttachment> networks = new ArrayList<>();
        networks.add(
                withContainerWide(
                        given.isEmpty()
                                ? NetworkAttachment.of(defaultNetwork(command))
                                : given.getFirst(),
                        command));
        networks.addAll(given.stream().skip(1).toList());
        Set<String> names = new HashSet<>();
        for (NetworkAttachment network : networks) {
            if (!names.add(network.name())) {
                throw new CommandException(
                        "network \"" + network.name() + "\" is specified multiple times");
            }
        }
        if (networks.stream().map(NetworkAttachment::userDefined).distinct().count() > 1) {
            throw new CommandException(
                    "conflicting options: cannot attach both user-defined and non-user-defined"
                            + " network-modes");
        }
        return networks.stream().map(network -> reachableByName(network, command)).toList();
    }

    /** Podman's modes are about the app's user; the sidecar is root of the engine's namespace. */
    private static String userNamespace(ContainerCommand command) {
        return command.runtime() == ContainerRuntime.PODMAN
                ? ""
                : command.last(RunFlag.USERNS).orElse("");
    }

    /** Podman's own default is what its client's configuration says, not its Docker API's. */
    private static String defaultNetwork(ContainerCommand command) {
        return command.runtime() == ContainerRuntime.PODMAN ? "private" : "default";
    }

    /** The options that are not part of {@code --network} count for the first network. */
    private static NetworkAttachment withContainerWide(
            NetworkAttachment network, ContainerCommand command) {
        List<String> aliases = command.all(RunFlag.NETWORK_ALIAS);
        List<String> linkLocal = command.all(RunFlag.LINK_LOCAL_IP);
        exclusive(!network.aliases().isEmpty(), !aliases.isEmpty(), "--network-alias", "alias");
        exclusive(
                !network.linkLocalAddresses().isEmpty(),
                !linkLocal.isEmpty(),
                "--link-local-ip",
                "link-local IP addresses");
        if (!network.userDefined() && !(aliases.isEmpty() && network.aliases().isEmpty())) {
            throw new CommandException(
                    "network-scoped aliases are only supported for user-defined networks");
        }
        return new NetworkAttachment(
                network.name(),
                aliases.isEmpty() ? network.aliases() : aliases,
                network.userDefined() ? command.all(RunFlag.LINK) : List.of(),
                either(network.ipv4(), command, RunFlag.IP)
                        .map(value -> IpText.checked("--ip", value)),
                either(network.ipv6(), command, RunFlag.IP6)
                        .map(value -> IpText.checked("--ip6", value)),
                either(network.macAddress(), command, RunFlag.MAC_ADDRESS)
                        .map(SidecarOptions::macAddress),
                linkLocal.isEmpty() ? network.linkLocalAddresses() : linkLocal,
                network.driverOptions(),
                network.gatewayPriority());
    }

    /**
     * Containers of that network find the app by its container's name, as they would without us.
     */
    private static NetworkAttachment reachableByName(
            NetworkAttachment network, ContainerCommand command) {
        if (!network.userDefined()) {
            return network;
        }
        Set<String> aliases = new LinkedHashSet<>(network.aliases());
        command.containerName().ifPresent(aliases::add);
        return network.withAliases(List.copyOf(aliases));
    }

    private static Optional<String> either(
            Optional<String> perNetwork, ContainerCommand command, RunFlag flag) {
        Optional<String> wide = nonEmpty(command, flag);
        exclusive(
                perNetwork.isPresent(), wide.isPresent(), "--" + flag.longName(), flag.longName());
        return wide.or(() -> perNetwork);
    }

    private static void exclusive(boolean perNetwork, boolean wide, String flag, String what) {
        if (perNetwork && wide) {
            throw new CommandException(
                    "conflicting options: cannot specify both "
                            + flag
                            + " and per-network "
                            + what);
        }
    }

    private static String macAddress(String value) {
        if (!value.strip().matches("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}")) {
            throw new CommandException(value + " is not a valid mac address");
        }
        return value.strip();
    }

    private static Optional<String> nonEmpty(ContainerCommand command, RunFlag flag) {
        return command.last(flag).filter(value -> !value.isEmpty());
    }
}
