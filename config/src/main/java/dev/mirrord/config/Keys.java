package dev.mirrord.config;

import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.filter.Rule;
import dev.mirrord.config.filter.RuleParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The table of all options that this version honours. */
public final class Keys {
    private static final List<Key<?>> ALL = new ArrayList<>();
    private static final Map<String, IncomingMode> MODES =
            Map.of(
                    "mirror", IncomingMode.MIRROR,
                    "steal", IncomingMode.STEAL,
                    "off", IncomingMode.OFF);
    private static final Map<String, FileMode> FILE_MODES =
            Map.of(
                    "read", FileMode.READ,
                    "write", FileMode.WRITE,
                    "local", FileMode.LOCAL,
                    "localwithoverrides", FileMode.LOCALWITHOVERRIDES);
    private static final Type<Integer> SECONDS = Scalars.number(0, 86_400);

    public static final Key<Target> TARGET =
            key("target.path", new TargetType(), "MIRRORD_IMPERSONATED_TARGET");
    public static final Key<String> TARGET_NAMESPACE =
            key("target.namespace", Scalars.STRING, "MIRRORD_TARGET_NAMESPACE");
    public static final Key<String> KEY = key("key", Scalars.STRING, "MIRRORD_KEY");
    public static final Key<String> KUBE_CONTEXT =
            key("kube_context", Scalars.STRING, "MIRRORD_KUBE_CONTEXT");
    public static final Key<String> KUBECONFIG =
            key("kubeconfig", Scalars.STRING, "MIRRORD_KUBECONFIG");
    public static final Key<Boolean> ACCEPT_INVALID_CERTIFICATES =
            key("accept_invalid_certificates", Scalars.BOOL, "MIRRORD_ACCEPT_INVALID_CERTIFICATES");
    public static final Key<Boolean> USE_PROXY = key("use_proxy", Scalars.BOOL, "MIRRORD_PROXY");
    public static final Key<Integer> RETRY_MIN_MS =
            key("startup_retry.min_ms", Scalars.number(0, 3_600_000), null);
    public static final Key<Integer> RETRY_MAX_MS =
            key("startup_retry.max_ms", Scalars.number(0, 3_600_000), null);
    public static final Key<Integer> RETRY_COUNT =
            key("startup_retry.max_retries", Scalars.number(0, 1000), null);

    public static final Key<String> AGENT_IMAGE =
            key("agent.image", Scalars.STRING, "MIRRORD_AGENT_IMAGE");
    public static final Key<String> AGENT_IMAGE_REGISTRY =
            key("agent.image.registry", Scalars.STRING, "MIRRORD_AGENT_IMAGE_REGISTRY");
    public static final Key<String> AGENT_IMAGE_TAG =
            key("agent.image.tag", Scalars.STRING, "MIRRORD_AGENT_IMAGE_TAG");
    public static final Key<String> AGENT_PULL_POLICY =
            key(
                    "agent.image_pull_policy",
                    Scalars.choice(
                            Map.of(
                                    "IfNotPresent",
                                    "IfNotPresent",
                                    "Always",
                                    "Always",
                                    "Never",
                                    "Never")),
                    "MIRRORD_AGENT_IMAGE_PULL_POLICY");
    public static final Key<List<String>> AGENT_PULL_SECRETS =
            key("agent.image_pull_secrets", Lists.of(Structures.NAMED), null);
    public static final Key<String> AGENT_NAMESPACE =
            key("agent.namespace", Scalars.STRING, "MIRRORD_AGENT_NAMESPACE");
    public static final Key<SequencedMap<String, String>> AGENT_ANNOTATIONS =
            key("agent.annotations", Structures.STRING_MAP, null);
    public static final Key<SequencedMap<String, String>> AGENT_LABELS =
            key("agent.labels", Structures.STRING_MAP, null);
    public static final Key<SequencedMap<String, String>> AGENT_NODE_SELECTOR =
            key("agent.node_selector", Structures.STRING_MAP, null);
    public static final Key<Map<String, Object>> AGENT_RESOURCES =
            key("agent.resources", Structures.KUBERNETES_OBJECT, null);
    public static final Key<List<Map<String, Object>>> AGENT_TOLERATIONS =
            key("agent.tolerations", Lists.of(Structures.KUBERNETES_OBJECT), null);
    public static final Key<String> AGENT_PRIORITY_CLASS =
            key("agent.priority_class", Scalars.STRING, null);
    public static final Key<String> AGENT_SERVICE_ACCOUNT =
            key("agent.service_account", Scalars.STRING, null);
    public static final Key<String> AGENT_APP_ARMOR =
            key("agent.security_context.app_armor_profile.type", Scalars.STRING, null);
    public static final Key<String> AGENT_APP_ARMOR_LOCALHOST =
            key("agent.security_context.app_armor_profile.localhost_profile", Scalars.STRING, null);
    public static final Key<String> AGENT_SECCOMP =
            key("agent.security_context.seccomp_profile.type", Scalars.STRING, null);
    public static final Key<String> AGENT_SECCOMP_LOCALHOST =
            key("agent.security_context.seccomp_profile.localhost_profile", Scalars.STRING, null);
    public static final Key<Boolean> AGENT_PRIVILEGED = key("agent.privileged", Scalars.BOOL, null);
    public static final Key<List<Capability>> AGENT_DISABLED_CAPABILITIES =
            key(
                    "agent.disabled_capabilities",
                    Lists.of(
                            Scalars.choice(
                                    Map.of(
                                            "NET_ADMIN",
                                            Capability.NET_ADMIN,
                                            "NET_RAW",
                                            Capability.NET_RAW,
                                            "SYS_PTRACE",
                                            Capability.SYS_PTRACE,
                                            "DAC_READ_SEARCH",
                                            Capability.DAC_READ_SEARCH,
                                            "SYS_ADMIN",
                                            Capability.SYS_ADMIN))),
                    null);
    public static final Key<Boolean> AGENT_DISABLE_MESH_INJECTION =
            key("agent.disable_mesh_sidecar_injection", Scalars.BOOL, null);
    public static final Key<String> AGENT_LOG_LEVEL =
            key("agent.log_level", Scalars.STRING, "MIRRORD_AGENT_RUST_LOG");
    public static final Key<Boolean> AGENT_FLUSH_CONNECTIONS =
            key("agent.flush_connections", Scalars.BOOL, "MIRRORD_AGENT_STEALER_FLUSH_CONNECTIONS");
    public static final Key<Integer> AGENT_COMMUNICATION_TIMEOUT =
            key("agent.communication_timeout", SECONDS, "MIRRORD_AGENT_COMMUNICATION_TIMEOUT");
    public static final Key<Integer> AGENT_STARTUP_TIMEOUT =
            key("agent.startup_timeout", SECONDS, "MIRRORD_AGENT_STARTUP_TIMEOUT");
    public static final Key<Integer> AGENT_HTTP_DETECTION =
            key("agent.http_detection_timeout", SECONDS, "MIRRORD_AGENT_HTTP_DETECTION_TIMEOUT");
    public static final Key<Boolean> AGENT_INJECT_HEADERS =
            key("agent.inject_headers", Scalars.BOOL, null);
    public static final Key<Integer> AGENT_BODY_SIZE =
            key("agent.max_body_buffer_size", Scalars.number(0, 1 << 20), null);
    public static final Key<Integer> AGENT_BODY_TIMEOUT =
            key("agent.max_body_buffer_timeout", Scalars.number(0, 3_600_000), null);
    public static final Key<Integer> AGENT_TTL = key("agent.ttl", SECONDS, "MIRRORD_AGENT_TTL");

    public static final Key<String> SIDECAR_IMAGE =
            key("container.cli_image", Scalars.STRING, null);
    public static final Key<List<String>> SIDECAR_EXTRA_ARGS =
            key("container.cli_extra_args", Lists.ARGUMENTS, null);
    public static final Key<PidOne> PID_ONE =
            key(
                    "launcher.pid1",
                    Scalars.choice(
                            Map.of(
                                    "app",
                                    PidOne.APP,
                                    "launcher",
                                    PidOne.LAUNCHER,
                                    "auto",
                                    PidOne.AUTO)),
                    null);

    public static final Key<List<String>> ENV_INCLUDE =
            key("feature.env.include", Lists.STRINGS, "MIRRORD_OVERRIDE_ENV_VARS_INCLUDE");
    public static final Key<List<String>> ENV_EXCLUDE =
            key("feature.env.exclude", Lists.STRINGS, "MIRRORD_OVERRIDE_ENV_VARS_EXCLUDE");
    public static final Key<SequencedMap<String, String>> ENV_OVERRIDE =
            key("feature.env.override", Structures.STRING_MAP, null);
    public static final Key<SequencedMap<String, String>> ENV_MAPPING =
            key("feature.env.mapping", Structures.PATTERN_MAP, null);
    public static final Key<List<String>> ENV_UNSET = key("feature.env.unset", Lists.STRINGS, null);
    public static final Key<String> ENV_FILE =
            key("feature.env.env_file", Scalars.STRING, "MIRRORD_OVERRIDE_ENV_VARS_FILE");
    public static final Key<FileMode> FILE_MODE =
            key("feature.fs.mode", Scalars.choice(FILE_MODES), "MIRRORD_FILE_MODE");
    public static final Key<List<String>> FILE_READ_WRITE =
            key("feature.fs.read_write", Lists.EXPRESSIONS, "MIRRORD_FILE_READ_WRITE_PATTERN");
    public static final Key<List<String>> FILE_READ_ONLY =
            key("feature.fs.read_only", Lists.EXPRESSIONS, "MIRRORD_FILE_READ_ONLY_PATTERN");
    public static final Key<List<String>> FILE_LOCAL =
            key("feature.fs.local", Lists.EXPRESSIONS, "MIRRORD_FILE_LOCAL_PATTERN");
    public static final Key<List<String>> FILE_NOT_FOUND =
            key("feature.fs.not_found", Lists.EXPRESSIONS, null);
    public static final Key<SequencedMap<String, String>> FILE_MAPPING =
            key("feature.fs.mapping", Structures.EXPRESSION_MAP, null);
    public static final Key<FileEngine> FILE_ENGINE =
            key(
                    "feature.fs.engine",
                    Scalars.choice(
                            Map.of(
                                    "auto", FileEngine.AUTO,
                                    "preload", FileEngine.PRELOAD,
                                    "supervise", FileEngine.SUPERVISE)),
                    null);
    public static final Key<FileVolumes> FILE_VOLUMES =
            key("feature.fs.volumes", new FileVolumesType(), null);
    public static final Key<Boolean> AUTO_MOUNT =
            key("feature.magic.auto_mount", Scalars.BOOL, null);
    public static final Key<Boolean> HOSTNAME = key("feature.hostname", Scalars.BOOL, null);

    public static final Key<Boolean> IPV6 =
            key("feature.network.ipv6", Scalars.BOOL, "MIRRORD_ENABLE_IPV6");
    public static final Key<Boolean> DNS =
            key("feature.network.dns.enabled", Scalars.BOOL, "MIRRORD_REMOTE_DNS");
    public static final Key<List<Rule>> DNS_FILTER_REMOTE =
            key("feature.network.dns.filter.remote", Lists.rules(RuleParser::dns), null);
    public static final Key<List<Rule>> DNS_FILTER_LOCAL =
            key("feature.network.dns.filter.local", Lists.rules(RuleParser::dns), null);
    public static final Key<Boolean> DNS_DOCKER_NAMES =
            key("feature.network.dns.docker_names", Scalars.BOOL, null);
    public static final Key<Boolean> OUTGOING_TCP =
            key("feature.network.outgoing.tcp", Scalars.BOOL, "MIRRORD_TCP_OUTGOING");
    public static final Key<Boolean> OUTGOING_UDP =
            key("feature.network.outgoing.udp", Scalars.BOOL, "MIRRORD_UDP_OUTGOING");
    public static final Key<Boolean> OUTGOING_IGNORE_LOCALHOST =
            key("feature.network.outgoing.ignore_localhost", Scalars.BOOL, null);
    public static final Key<List<Rule>> OUTGOING_FILTER_REMOTE =
            key("feature.network.outgoing.filter.remote", Lists.rules(RuleParser::outgoing), null);
    public static final Key<List<Rule>> OUTGOING_FILTER_LOCAL =
            key("feature.network.outgoing.filter.local", Lists.rules(RuleParser::outgoing), null);
    public static final Key<List<String>> OUTGOING_UNIX_STREAMS =
            key(
                    "feature.network.outgoing.unix_streams",
                    Lists.EXPRESSIONS,
                    "MIRRORD_OUTGOING_REMOTE_UNIX_STREAMS");
    public static final Key<IncomingMode> INCOMING_MODE =
            key(
                    "feature.network.incoming.mode",
                    new IncomingModeType(Scalars.choice(MODES)),
                    "MIRRORD_AGENT_TCP_STEAL_TRAFFIC");
    public static final Key<SequencedMap<Integer, Integer>> INCOMING_PORT_MAPPING =
            key("feature.network.incoming.port_mapping", Structures.PORT_PAIRS, null);
    public static final Key<SequencedMap<Integer, Integer>> INCOMING_LISTEN_PORTS =
            key("feature.network.incoming.listen_ports", Structures.PORT_PAIRS, null);
    public static final Key<List<Integer>> INCOMING_PORTS =
            key("feature.network.incoming.ports", Lists.PORTS, null);
    public static final Key<List<Integer>> INCOMING_IGNORE_PORTS =
            key("feature.network.incoming.ignore_ports", Lists.PORTS, null);
    public static final Key<Boolean> INCOMING_IGNORE_LOCALHOST =
            key("feature.network.incoming.ignore_localhost", Scalars.BOOL, null);
    public static final Key<String> HTTP_HEADER =
            key(
                    "feature.network.incoming.http_filter.header_filter",
                    HttpConditions.HEADER,
                    "MIRRORD_HTTP_HEADER_FILTER");
    public static final Key<String> HTTP_PATH =
            key(
                    "feature.network.incoming.http_filter.path_filter",
                    HttpConditions.PATH,
                    "MIRRORD_HTTP_PATH_FILTER");
    public static final Key<String> HTTP_METHOD =
            key(
                    "feature.network.incoming.http_filter.method_filter",
                    HttpConditions.METHOD,
                    "MIRRORD_HTTP_METHOD_FILTER");
    public static final Key<String> HTTP_BODY =
            key("feature.network.incoming.http_filter.body_filter", HttpConditions.BODY, null);
    public static final Key<String> HTTP_BAGGAGE =
            key("feature.network.incoming.http_filter.baggage", HttpConditions.BAGGAGE, null);
    public static final Key<String> HTTP_ALL_OF =
            key("feature.network.incoming.http_filter.all_of", HttpConditions.ALL, null);
    public static final Key<String> HTTP_ANY_OF =
            key("feature.network.incoming.http_filter.any_of", HttpConditions.ANY, null);
    public static final Key<List<Integer>> HTTP_PORTS =
            key(
                    "feature.network.incoming.http_filter.ports",
                    Lists.PORTS,
                    "MIRRORD_HTTP_FILTER_PORTS");
    public static final Key<Boolean> HTTP_STEAL_PROBES =
            key("feature.network.incoming.http_filter.steal_probes", Scalars.BOOL, null);
    public static final Key<Boolean> HTTP_FALLBACK =
            key("feature.network.incoming.http_filter.fallback_to_target", Scalars.BOOL, null);

    public static final Key<List<TlsIdentity>> INCOMING_TLS =
            key("feature.network.incoming.tls", Lists.of(new TlsIdentityType()), null);
    public static final Key<String> TLS_DELIVERY_PROTOCOL =
            key(
                    "feature.network.incoming.tls_delivery.protocol",
                    Scalars.choice(Map.of("tls", "tls", "tcp", "tcp")),
                    null);
    public static final Key<List<String>> TLS_DELIVERY_ROOTS =
            key("feature.network.incoming.tls_delivery.trust_roots", Lists.ARGUMENTS, null);
    public static final Key<String> TLS_DELIVERY_NAME =
            key("feature.network.incoming.tls_delivery.server_name", Scalars.STRING, null);
    public static final Key<String> TLS_DELIVERY_CERTIFICATE =
            key("feature.network.incoming.tls_delivery.server_cert", Scalars.STRING, null);

    public static final Key<String> TLS_DELIVERY_CLIENT_HEADER =
            key("feature.network.incoming.tls_delivery.client_cert_header", Scalars.STRING, null);

    private Keys() {}

    /** In the order of the documentation. */
    public static List<Key<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    static Optional<Key<?>> at(String path) {
        return ALL.stream().<Key<?>>map(k -> k).filter(k -> k.path().equals(path)).findFirst();
    }

    private static <T> Key<T> key(String path, Type<T> type, @Nullable String variable) {
        Key<T> key = new Key<>(path, type, variable);
        ALL.add(key);
        return key;
    }
}
