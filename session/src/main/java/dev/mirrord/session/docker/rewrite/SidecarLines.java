package dev.mirrord.session.docker.rewrite;

import java.util.ArrayList;
import java.util.List;

/**
 * The layer container and the sidecar as the lines a user would type to get the same: for showing.
 */
public final class SidecarLines {

    private SidecarLines() {}

    /**
     * @param client program and global options: {@code docker --context=x}
     */
    public static List<List<String>> of(SidecarSpec spec, List<String> client) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(layer(spec, client));
        lines.add(sidecar(spec, client));
        for (NetworkAttachment network : spec.networks().subList(1, spec.networks().size())) {
            lines.add(connect(network, spec, client));
        }
        lines.add(line(client, "start", spec.name()));
        return lines;
    }

    private static List<String> layer(SidecarSpec spec, List<String> client) {
        List<String> words = line(client, "create", "--name=" + spec.layerName());
        labels(spec, words);
        words.add("--network=none");
        words.add("--mount=type=volume,target=" + SidecarSpec.LAYER_TARGET);
        words.add(spec.image());
        return words;
    }

    private static List<String> sidecar(SidecarSpec spec, List<String> client) {
        List<String> words = line(client, "create", "--name=" + spec.name());
        labels(spec, words);
        words.add("--cap-drop=ALL");
        spec.capabilities().forEach(capability -> words.add("--cap-add=" + capability));
        spec.devices().forEach(device -> words.add("--device=" + device));
        spec.securityOptions().forEach(option -> words.add("--security-opt=" + option));
        spec.sysctls().forEach((name, value) -> words.add("--sysctl=" + name + "=" + value));
        words.add("--volumes-from=" + spec.layerName());
        spec.relay()
                .ifPresent(
                        relay ->
                                words.add(
                                        "--volume="
                                                + relay.directory()
                                                + ":"
                                                + SidecarSpec.RELAY_TARGET));
        spec.environment().forEach(entry -> words.add("--env=" + entry));
        spec.hostname().ifPresent(name -> words.add("--hostname=" + name));
        spec.domainName().ifPresent(name -> words.add("--domainname=" + name));
        NetworkAttachment first = spec.networks().getFirst();
        words.add("--network=" + first.name());
        endpoint(first, "--network-alias=", words);
        first.macAddress().ifPresent(address -> words.add("--mac-address=" + address));
        spec.ports().forEach(port -> words.add("--publish=" + published(port)));
        spec.exposedPorts().forEach(port -> words.add("--expose=" + port));
        if (spec.publishAll()) {
            words.add("--publish-all");
        }
        spec.nameservers().forEach(server -> words.add("--dns=" + server));
        spec.searchDomains().forEach(domain -> words.add("--dns-search=" + domain));
        spec.resolverOptions().forEach(option -> words.add("--dns-option=" + option));
        spec.extraHosts().forEach(host -> words.add("--add-host=" + host));
        spec.links().forEach(link -> words.add("--link=" + link));
        words.add("--restart=" + spec.restartPolicy());
        words.add(spec.image());
        return words;
    }

    private static List<String> connect(
            NetworkAttachment network, SidecarSpec spec, List<String> client) {
        List<String> words = line(client, "network", "connect");
        endpoint(network, "--alias=", words);
        words.add(network.name());
        words.add(spec.name());
        return words;
    }

    private static void endpoint(NetworkAttachment network, String alias, List<String> words) {
        network.aliases().forEach(name -> words.add(alias + name));
        network.ipv4().ifPresent(address -> words.add("--ip=" + address));
        network.ipv6().ifPresent(address -> words.add("--ip6=" + address));
        network.links().forEach(link -> words.add("--link=" + link));
        network.linkLocalAddresses().forEach(address -> words.add("--link-local-ip=" + address));
    }

    private static String published(PublishedPort port) {
        String address =
                port.hostAddress().contains(":")
                        ? "[" + port.hostAddress() + "]"
                        : port.hostAddress();
        String host = address.isEmpty() ? port.hostPort() : address + ":" + port.hostPort();
        return (host.isEmpty() ? "" : host + ":") + port.exposed();
    }

    private static void labels(SidecarSpec spec, List<String> words) {
        spec.labels().forEach((name, value) -> words.add("--label=" + name + "=" + value));
    }

    private static List<String> line(List<String> client, String... words) {
        List<String> line = new ArrayList<>(client);
        line.addAll(List.of(words));
        return line;
    }
}
