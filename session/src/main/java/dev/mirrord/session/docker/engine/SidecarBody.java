package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.docker.rewrite.NetworkAttachment;
import dev.mirrord.session.docker.rewrite.PublishedPort;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Bodies of the requests that create the layer container and the sidecar. */
final class SidecarBody {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SidecarBody() {}

    /**
     * The layer container is never started. Creating it makes an anonymous volume and fills it from
     * the image; whoever takes the volume from it has it as an anonymous one too, so that the
     * volume goes with the last container that is removed together with its volumes.
     */
    static ObjectNode layer(SidecarSpec spec) {
        ObjectNode body = JSON.objectNode().put("Image", spec.image());
        body.set("Labels", object(spec.labels()));
        body.set("Entrypoint", array(List.of(SidecarSpec.LAYER_TARGET + "/run")));
        ObjectNode host = body.putObject("HostConfig").put("NetworkMode", "none");
        ObjectNode mount = host.putArray("Mounts").addObject();
        mount.put("Type", "volume").put("Target", SidecarSpec.LAYER_TARGET);
        mount.putObject("VolumeOptions").set("Labels", object(spec.labels()));
        return body;
    }

    static ObjectNode sidecar(SidecarSpec spec) {
        NetworkAttachment first = spec.networks().getFirst();
        ObjectNode body = JSON.objectNode().put("Image", spec.image());
        body.set("Labels", object(spec.labels()));
        spec.hostname().ifPresent(name -> body.put("Hostname", name));
        spec.domainName().ifPresent(name -> body.put("Domainname", name));
        body.set("Env", array(spec.environment()));
        // engines before API 1.44 read it here, later ones at the network
        first.macAddress().ifPresent(address -> body.put("MacAddress", address));
        ObjectNode exposed = body.putObject("ExposedPorts");
        spec.exposedPorts().forEach(exposed::putObject);
        body.set("HostConfig", hostConfig(spec));
        if (first.userDefined() || constrained(first)) {
            body.putObject("NetworkingConfig")
                    .putObject("EndpointsConfig")
                    .set(first.name(), endpoint(first));
        }
        return body;
    }

    /** Body of the request that joins one more network. */
    static ObjectNode connect(NetworkAttachment network, String container) {
        ObjectNode body = JSON.objectNode().put("Container", container);
        body.set("EndpointConfig", endpoint(network));
        return body;
    }

    private static ObjectNode hostConfig(SidecarSpec spec) {
        ObjectNode host = JSON.objectNode();
        host.put("NetworkMode", spec.networks().getFirst().name());
        host.put("PublishAllPorts", spec.publishAll());
        host.set("PortBindings", bindings(spec.ports()));
        host.set("Dns", array(spec.nameservers()));
        host.set("DnsSearch", array(spec.searchDomains()));
        host.set("DnsOptions", array(spec.resolverOptions()));
        host.set("ExtraHosts", array(spec.extraHosts()));
        host.set("Links", array(spec.links()));
        host.set("Sysctls", object(spec.sysctls()));
        host.set("CapDrop", array(List.of("ALL")));
        host.set("CapAdd", array(spec.capabilities()));
        host.set("SecurityOpt", array(spec.securityOptions()));
        host.set("VolumesFrom", array(List.of(spec.layerName() + ":rw")));
        ArrayNode devices = host.putArray("Devices");
        spec.devices()
                .forEach(
                        device ->
                                devices.addObject()
                                        .put("PathOnHost", device)
                                        .put("PathInContainer", device)
                                        .put("CgroupPermissions", "rwm"));
        host.put("AutoRemove", spec.autoRemove());
        host.put("UsernsMode", spec.userNamespace());
        host.set("RestartPolicy", restartPolicy(spec.restartPolicy()));
        spec.relay()
                .ifPresent(
                        relay ->
                                host.putArray("Binds")
                                        .add(relay.directory() + ":" + SidecarSpec.RELAY_TARGET));
        return host;
    }

    private static ObjectNode restartPolicy(String policy) {
        int colon = policy.indexOf(':');
        String count = colon < 0 ? "0" : policy.substring(colon + 1);
        return JSON.objectNode()
                .put("Name", colon < 0 ? policy : policy.substring(0, colon))
                .put(
                        "MaximumRetryCount",
                        count.matches("[0-9]{1,6}") ? Integer.parseInt(count) : 0);
    }

    private static ObjectNode bindings(List<PublishedPort> ports) {
        ObjectNode bindings = JSON.objectNode();
        for (PublishedPort port : ports) {
            bindings.withArray("/" + port.exposed().replace("/", "~1"))
                    .addObject()
                    .put("HostIp", port.hostAddress())
                    .put("HostPort", port.hostPort());
        }
        return bindings;
    }

    private static boolean constrained(NetworkAttachment network) {
        return network.ipv4().isPresent()
                || network.ipv6().isPresent()
                || network.macAddress().isPresent()
                || !network.linkLocalAddresses().isEmpty()
                || !network.driverOptions().isEmpty()
                || network.gatewayPriority() != 0;
    }

    private static ObjectNode endpoint(NetworkAttachment network) {
        ObjectNode endpoint = JSON.objectNode();
        endpoint.set("Aliases", array(network.aliases()));
        endpoint.set("Links", array(network.links()));
        endpoint.set("DriverOpts", object(network.driverOptions()));
        network.macAddress().ifPresent(address -> endpoint.put("MacAddress", address));
        if (network.gatewayPriority() != 0) {
            endpoint.put("GwPriority", network.gatewayPriority());
        }
        if (network.ipv4().isPresent()
                || network.ipv6().isPresent()
                || !network.linkLocalAddresses().isEmpty()) {
            ObjectNode addresses = endpoint.putObject("IPAMConfig");
            network.ipv4().ifPresent(address -> addresses.put("IPv4Address", address));
            network.ipv6().ifPresent(address -> addresses.put("IPv6Address", address));
            addresses.set("LinkLocalIPs", array(network.linkLocalAddresses()));
        }
        return endpoint;
    }

    private static ArrayNode array(Collection<String> values) {
        ArrayNode array = JSON.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ObjectNode object(Map<String, String> values) {
        ObjectNode object = JSON.objectNode();
        values.forEach(object::put);
        return object;
    }
}
