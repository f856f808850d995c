package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.PidOne;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.source.Location;
import dev.mirrord.session.Product;
import dev.mirrord.session.TargetFiles;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One service in a context. It gets two beside it: {@code NAME-mirrord}, whose provider serves the
 * context, and {@code NAME-sidecar}, which has its namespace, and so its ports, networks and DNS.
 */
final class ServiceOverride {
    private static final String RESOLVER = "127.0.0.153";
    private static final String PROJECT = "${COMPOSE_PROJECT_NAME}";

    /**
     * Waits for the context, as every launcher does, and so needs no interval to find it soon; the
     * next checks are slow. The mark is in memory: a sidecar that starts again has none.
     */
    private static final String SIDECAR_CHECK =
            "test -e /dev/shm/healthy && sleep 30; /.mirrord/run /bin/true && >/dev/shm/healthy";

    /** What the sidecar has in the service's place, and how a merge takes it from the service. */
    private static final Map<String, String> MOVED =
            Map.of(
                    "ports", "[]",
                    "expose", "[]",
                    "extra_hosts", "[]",
                    "links", "[]",
                    "dns_search", "[]",
                    "dns_opt", "[]",
                    "hostname", "null",
                    "domainname", "null",
                    "mac_address", "null");

    private final String name;
    private final String own;
    private final JsonNode service;
    private final JsonNode resolved;
    private final ObjectNode config;
    private final Function<String, JsonNode> image;
    private final Optional<MirrordConfig> loaded;
    private final FileRules files;

    ServiceOverride(
            String name,
            JsonNode service,
            JsonNode resolved,
            ObjectNode config,
            Function<String, JsonNode> image,
            Function<List<String>, Location> places,
            Function<String, Location> keys) {
        this.name = name;
        this.own = name;
        this.service = service;
        this.resolved = resolved;
        this.config = config;
        this.image = image;
        check(keys, places);
        this.loaded =
                ContextConfig.hasVariables(config)
                        ? Optional.empty()
                        : Optional.of(ContextConfig.load(config, places));
        this.files =
                loaded.map(each -> each.feature().files()).orElseGet(() -> files(keys, places));
    }

    /** One more container of {@code first}. */
    private ServiceOverride(ServiceOverride first, String own) {
        this.name = first.name;
        this.own = own;
        this.service = first.service;
        this.resolved = first.resolved;
        this.config = first.config;
        this.image = first.image;
        this.loaded = first.loaded;
        this.files = first.files;
    }

    String name() {
        return name;
    }

    /** The services that a service in a context, or a replica, consists of. */
    static List<String> parts(String service) {
        return List.of(service, sidecar(service), provider(service));
    }

    private String sidecar() {
        return sidecar(own);
    }

    private static String sidecar(String service) {
        return service + "-sidecar";
    }

    private String provider() {
        return provider(own);
    }

    static String provider(String service) {
        return service + "-mirrord";
    }

    /** Another version has another layer, and an old volume's content would stay. */
    private String layer() {
        return own + "-layer-" + Product.VERSION;
    }

    private void check(Function<String, Location> keys, Function<List<String>, Location> places) {
        if (service.has("network_mode")) {
            throw new ComposeFailure(
                    keys.apply("network_mode")
                            + ": service %s has network_mode, but with x-mirrord its network is the sidecar's: remove one of them"
                                    .formatted(name));
        }
        JsonNode target = config.path("target");
        if (target.size() - (target.has("namespace") ? 1 : 0) == 0) {
            ContextConfig.refuseUnknownKeys(config, places); // It may be just misspelt.
            throw new ComposeFailure(
                    keys.apply(ContextConfig.KEY)
                            + ": x-mirrord of service %s has no target; give one, as target: deployment/web"
                                    .formatted(name));
        }
        if (config.path("feature").path("env").has("override")) {
            throw new ComposeFailure(
                    keys.apply(ContextConfig.KEY)
                            + ": feature.env.override of service %s would be seen in the list of processes: use the service's environment, which wins over the target's"
                                    .formatted(name));
        }
    }

    /** Of a configuration whose other parts wait for variables. */
    private FileRules files(
            Function<String, Location> keys, Function<List<String>, Location> places) {
        ObjectNode alone = Docker.JSON.createObjectNode();
        JsonNode written = config.path("feature").path("fs");
        if (!written.isMissingNode()) {
            alone.putObject("feature").set("fs", written);
        }
        if (ContextConfig.hasVariables(alone)) {
            throw new ComposeFailure(
                    keys.apply(ContextConfig.KEY)
                            + ": feature.fs of service %s has a variable, but what the sidecar may do depends on it: write it out"
                                    .formatted(name));
        }
        return ContextConfig.load(alone, places).feature().files();
    }

    void writeServices(YamlText out) {
        writeContext(out);
        out.block(2, name);
        appChanges().write(4, out);
    }

    /** The override of its container {@code number}, from 2 on. */
    ServiceOverride replica(int number) {
        return new ServiceOverride(this, Replicas.name(name, number));
    }

    /**
     * Writes services for which the files have none.
     *
     * @param definition of the app's service as it is written
     */
    void writeServices(YamlText out, JsonNode definition) {
        writeContext(out);
        ObjectNode app = definition.deepCopy();
        app.remove(List.of(ContextConfig.KEY, "scale"));
        if (app.path("deploy") instanceof ObjectNode deploy) {
            deploy.remove("replicas");
        }
        if (!app.has("image")) {
            app.put("image", PROJECT + "-" + name); // Compose's name for what it builds.
        }
        appChanges().applyTo(app);
        out.block(2, own);
        app.properties().forEach(each -> out.field(4, each.getKey(), each.getValue()));
    }

    private void writeContext(YamlText out) {
        writeProvider(out);
        writeSidecar(out);
    }

    void writeVolume(YamlText out) {
        out.block(2, layer());
        out.field(
                4,
                "labels",
                Docker.JSON.createObjectNode().put(ServerState.LAYER_LABEL, provider()));
    }

    private void writeProvider(YamlText out) {
        out.block(2, provider());
        writeProfiles(out);
        out.line(4, "provider:");
        out.field(6, "type", "mirrord");
        out.line(6, "options:");
        out.field(8, "sidecar", sidecar());
        out.field(8, "config", config.toString());
    }

    private void writeSidecar(YamlText out) {
        boolean dns = loaded.map(each -> each.feature().network().dns().enabled()).orElse(true);
        out.block(2, sidecar());
        writeProfiles(out);
        out.field(
                4,
                "image",
                config.path("container").path("cli_image").asText(Product.sidecarImage()));
        out.field(4, "pull_policy", "missing");
        out.line(4, "attach: false");
        out.field(4, "cap_drop", YamlWords.array(List.of("ALL")));
        List<String> capabilities = TargetFiles.capabilities(files);
        out.field(4, "cap_add", YamlWords.array(capabilities));
        List<String> devices = SidecarSpec.devices(capabilities);
        if (!devices.isEmpty()) {
            out.field(4, "devices", YamlWords.array(devices));
        }
        out.field(4, "security_opt", YamlWords.array(SidecarSpec.securityOptions(capabilities)));
        ObjectNode sysctls = sysctls(true);
        sysctls.put("net.ipv4.ip_unprivileged_port_start", "0");
        sysctls.put("net.ipv6.conf.all.disable_ipv6", "0");
        sysctls.put("net.ipv6.conf.default.disable_ipv6", "0");
        out.field(4, "sysctls", sysctls);
        if (dns) {
            out.field(4, "dns", YamlWords.array(List.of(RESOLVER)));
        } else if (service.has("dns")) {
            out.field(4, "dns", service.path("dns"));
        }
        out.field(4, "volumes", YamlWords.array(List.of(layer() + ":/.mirrord")));
        out.field(4, "labels", labels());
        out.field(
                4,
                "healthcheck",
                Docker.JSON
                        .createObjectNode()
                        .put("test", SIDECAR_CHECK)
                        .put("interval", "200ms")
                        .put("timeout", "10m")
                        .put("retries", 60));
        new TreeSet<>(MOVED.keySet())
                .forEach(
                        key -> {
                            if (service.hasNonNull(key)) {
                                out.field(4, key, service.path(key));
                            }
                        });
        out.field(4, "networks", networks());
        ObjectNode started = Docker.JSON.createObjectNode();
        started.putObject(provider()).put("condition", "service_started");
        out.field(4, "depends_on", started);
    }

    private void writeProfiles(YamlText out) {
        if (service.has("profiles")) {
            out.field(4, "profiles", service.path("profiles"));
        }
    }

    /** What the server has to know of the service: names, no values. */
    private ObjectNode labels() {
        ObjectNode labels = Docker.JSON.createObjectNode();
        TreeSet<String> names = new TreeSet<>();
        resolved.path("environment").fieldNames().forEachRemaining(names::add);
        labels.put(ServerState.ENVIRONMENT_LABEL, YamlWords.dollars(String.join(" ", names)));
        labels.put(
                ServerState.NAMESERVERS_LABEL,
                String.join(" ", YamlWords.texts(service.path("dns"))));
        return labels;
    }

    private ServiceChanges appChanges() {
        ServiceChanges changes = new ServiceChanges();
        boolean first = own.equals(name);
        if (!service.hasNonNull("container_name")) {
            // Its usual name: compose refuses to scale what has one.
            String container = PROJECT + "-" + own + (first ? "-1" : "");
            changes.add("container_name", TextNode.valueOf(container));
        }
        if (first) {
            scaleToOne(changes);
        }
        changes.add("network_mode", TextNode.valueOf("service:" + sidecar()));
        changes.reset("networks", "{}");
        if (service.has("dns")) {
            changes.reset("dns", "[]");
        }
        new TreeSet<>(MOVED.keySet())
                .forEach(
                        key -> {
                            if (service.has(key)) {
                                changes.reset(key, MOVED.getOrDefault(key, "null"));
                            }
                        });
        if (service.has("sysctls")) {
            changes.override("sysctls", sysctls(false));
        }
        changes.add("volumes_from", YamlWords.array(List.of(sidecar() + ":ro")));
        ObjectNode waits = Docker.JSON.createObjectNode();
        waits.putObject(sidecar()).put("condition", "service_healthy").put("restart", true);
        changes.add("depends_on", waits);
        new LaunchedCommand(
                        name,
                        service,
                        () -> image.apply(name),
                        loaded.map(MirrordConfig::pidOne).orElse(PidOne.AUTO))
                .change(changes);
        return changes;
    }

    /** The others are services of their own. */
    private void scaleToOne(ServiceChanges changes) {
        if (service.has("scale")) {
            changes.override("scale", IntNode.valueOf(1));
        }
        if (service.path("deploy").has("replicas")) {
            changes.overrideIn("deploy", "replicas", IntNode.valueOf(1));
        }
    }

    /** Others reach the app by its service's name, which is now the sidecar's alias. */
    private ObjectNode networks() {
        ObjectNode networks = Docker.JSON.createObjectNode();
        JsonNode given = service.path("networks");
        if (given.isArray()) {
            given.forEach(each -> networks.putObject(each.asText()));
        }
        for (Map.Entry<String, JsonNode> each : given.properties()) {
            networks.set(
                    each.getKey(),
                    each.getValue().isObject()
                            ? each.getValue().deepCopy()
                            : Docker.JSON.createObjectNode());
        }
        if (networks.isEmpty()) {
            networks.putObject("default");
        }
        for (Map.Entry<String, JsonNode> each : networks.properties()) {
            ArrayNode aliases = ((ObjectNode) each.getValue()).withArray("aliases");
            aliases.add(name);
            if (!own.equals(name)) {
                aliases.add(own);
            }
            if (service.hasNonNull("container_name")) {
                aliases.add(service.path("container_name"));
            }
        }
        return networks;
    }

    /** Those of the network namespace are the sidecar's. */
    private ObjectNode sysctls(boolean ofNetwork) {
        ObjectNode chosen = Docker.JSON.createObjectNode();
        JsonNode given = service.path("sysctls");
        for (JsonNode each : given.isArray() ? given : Docker.JSON.createArrayNode()) {
            String[] pair = each.asText().split("=", 2);
            if (pair[0].startsWith("net.") == ofNetwork) {
                chosen.put(pair[0], pair.length > 1 ? pair[1] : "");
            }
        }
        for (Map.Entry<String, JsonNode> each : given.properties()) {
            if (each.getKey().startsWith("net.") == ofNetwork) {
                chosen.set(each.getKey(), each.getValue());
            }
        }
        return chosen;
    }
}
