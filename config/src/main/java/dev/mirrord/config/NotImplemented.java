package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Options that mirrord's users know and this version does not have. Those whose absence could do
 * harm (traffic taken that should not be) are refused; the others are ignored with a warning.
 */
final class NotImplemented {
    private static final List<Entry> ALL =
            Stream.concat(
                            Stream.of(
                                    refused(
                                            "feature.network.incoming.http_filter.header_filter_jq",
                                            "write it as a regular expression, as header_filter"),
                                    refused(
                                            "feature.network.incoming.https_delivery",
                                            "its name is tls_delivery now"),
                                    refused("feature.copy_target", "the target itself is used"),
                                    refused("feature.split_queues", "queues are not split"),
                                    refused("feature.db_branches", "databases are not branched"),
                                    refused("feature.preview", "there are no preview pods"),
                                    refused("agent.ephemeral", "the agent is a Job"),
                                    refused("operator", "there is no operator"),
                                    refused("profile", "there are no profiles"),
                                    refused("multi_cluster", "a session has one cluster"),
                                    ignored(
                                            "feature.fs.readonly_file_buffer",
                                            "the kernel caches what is read"),
                                    ignored(
                                            "feature.network.incoming.on_concurrent_steal",
                                            "a second steal of a port is refused")),
                            ignoredWithoutMore(
                                    "agent.check_out_of_pods agent.clean_iptables_on_start"
                                        + " agent.dns agent.exclude_from_mesh agent.external_ip_fix"
                                        + " agent.jaq_time_limit agent.json_log agent.metrics"
                                        + " agent.nftables agent.override_cache_control api baggage"
                                        + " ci container.cli_image_lib_path"
                                        + " container.cli_prevent_cleanup container.cli_tls_path"
                                        + " container.host_gateway_detection"
                                        + " container.override_host_ip container.platform"
                                        + " experimental external_proxy"
                                        + " feature.env.load_from_process feature.magic.aws"
                                        + " feature.magic.turbo internal_proxy sip_binaries"
                                        + " skip_build_tools skip_extra_build_tools skip_processes"
                                        + " skip_sip telemetry traceparent"))
                    .toList();

    private static final Map<String, String> REFUSED_VARIABLES =
            Map.of(
                    "MIRRORD_HTTP_HEADER_FILTER_JQ",
                            "feature.network.incoming.http_filter.header_filter_jq",
                    "MIRRORD_EPHEMERAL_CONTAINER", "agent.ephemeral",
                    "MIRRORD_OPERATOR_ENABLE", "operator",
                    "MIRRORD_MULTI_CLUSTER", "multi_cluster");

    private NotImplemented() {}

    /**
     * @param instead what happens without it; empty if there is nothing to say
     */
    record Entry(String path, boolean refused, String instead) {
        String sentence() {
            return path
                    + " is not implemented in this version"
                    + (instead.isEmpty() ? "" : ": " + instead)
                    + (refused ? "; remove it" : "");
        }

        /** Judges a value; what asks for the built-in behaviour is accepted silently. */
        void judge(Value value, String origin, Problems problems) {
            boolean harmless =
                    value instanceof Value.Absent
                            || (value instanceof Value.Bool bool && !bool.value())
                            || (value instanceof Value.Sequence list && list.items().isEmpty());
            if (harmless) {
                return;
            }
            if (refused) {
                problems.error(origin + ": " + sentence());
            } else {
                problems.warn(origin + ": " + sentence());
            }
        }
    }

    static Optional<Entry> at(String path) {
        return ALL.stream().filter(entry -> entry.path().equals(path)).findFirst();
    }

    static List<Entry> all() {
        return ALL;
    }

    static Stream<String> paths() {
        return ALL.stream().map(Entry::path);
    }

    static void checkVariables(Map<String, String> environment, Problems problems) {
        REFUSED_VARIABLES.forEach(
                (name, path) -> {
                    String text = environment.getOrDefault(name, "");
                    if (!text.isEmpty() && !text.equals("false")) {
                        problems.error(name + ": " + at(path).orElseThrow().sentence());
                    }
                });
    }

    private static Entry refused(String path, String instead) {
        return new Entry(path, true, instead);
    }

    private static Entry ignored(String path, String instead) {
        return new Entry(path, false, instead);
    }

    private static Stream<Entry> ignoredWithoutMore(String paths) {
        return Arrays.stream(paths.split(" ")).map(path -> ignored(path, ""));
    }
}
