package dev.mirrord.session.docker.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The container that owns the namespace, and the layer container beside it. Maps keep their order.
 *
 * @param nameservers what the engine is told, which is not what the user asked for (see {@link
 *     Rewrite#nameservers})
 * @param extraHosts {@code host:address}, as the engine takes them
 * @param links of the default bridge, {@code container[:alias]}
 * @param networks never empty; the first is joined at creation, the others before the start
 * @param restartPolicy {@code no}, {@code always}, {@code unless-stopped}, {@code on-failure[:3]}
 * @param userNamespace {@code host} or empty
 */
public record SidecarSpec(
        String image,
        String name,
        String layerName,
        Map<String, String> labels,
        Optional<String> hostname,
        Optional<String> domainName,
        List<PublishedPort> ports,
        Set<String> exposedPorts,
        boolean publishAll,
        List<NetworkAttachment> networks,
        List<String> nameservers,
        List<String> searchDomains,
        List<String> resolverOptions,
        List<String> extraHosts,
        List<String> links,
        Map<String, String> sysctls,
        List<String> capabilities,
        String restartPolicy,
        boolean autoRemove,
        String userNamespace,
        Optional<RelayMount> relay) {

    /** Stands for the engine's host in {@code --add-host}. */
    static final String HOST_GATEWAY = "host-gateway";

    /** Where the relay directory is seen in the sidecar. */
    public static final String RELAY_TARGET = "/run/mirrord/host";

    /**
     * Its PID 1 connects to the socket that this variable names, and the JVM has the connection.
     */
    private static final String CONTROL = "MIRRORD_CONTROL";

    /** Where the layer volume is seen in every container that has it. */
    public static final String LAYER_TARGET = "/.mirrord";

    /** Names that the user gave to the engine's host: {@code --add-host NAME:host-gateway}. */
    public List<String> hostGatewayNames() {
        return extraHosts.stream()
                .filter(host -> host.endsWith(":" + HOST_GATEWAY))
                .map(host -> host.substring(0, host.length() - HOST_GATEWAY.length() - 1))
                .toList();
    }

    /** {@code NAME=value}. */
    public List<String> environment() {
        return relay.map(each -> CONTROL + "=" + RELAY_TARGET + "/" + each.control()).stream()
                .toList();
    }

    /** Of the engine's host: the one that file systems are mounted with, where it may mount. */
    public List<String> devices() {
        return devices(capabilities);
    }

    public static List<String> devices(List<String> capabilities) {
        return capabilities.contains("SYS_ADMIN") ? List.of("/dev/fuse") : List.of();
    }

    public List<String> securityOptions() {
        return securityOptions(capabilities);
    }

    /**
     * With SELinux a confined container may talk to an unconfined one, but not to another confined
     * one, and not to a socket of the host; Docker's AppArmor profile forbids all mounts. Engines
     * without the one or the other do not mind.
     */
    public static List<String> securityOptions(List<String> capabilities) {
        return capabilities.contains("SYS_ADMIN")
                ? List.of("label=disable", "apparmor=unconfined")
                : List.of("label=disable");
    }

    /**
     * A line for the user where the engine chooses ports: {@code docker port} of the app shows
     * nothing, because the ports are this container's.
     *
     * @param client as the user called it
     */
    public Optional<String> portsNotice(String client) {
        boolean chosen =
                publishAll || ports.stream().anyMatch(port -> !port.hostPort().matches("[0-9]+"));
        return chosen
                ? Optional.of(
                        "the published ports are shown by: %s port %s".formatted(client, name))
                : Optional.empty();
    }

    SidecarSpec named(String other) {
        return new SidecarSpec(
                image,
                other,
                layerName,
                labels,
                hostname,
                domainName,
                ports,
                exposedPorts,
                publishAll,
                networks,
                nameservers,
                searchDomains,
                resolverOptions,
                extraHosts,
                links,
                sysctls,
                capabilities,
                restartPolicy,
                autoRemove,
                userNamespace,
                relay);
    }
}
