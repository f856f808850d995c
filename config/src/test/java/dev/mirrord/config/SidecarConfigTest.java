package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SidecarConfigTest {
    private static final String FULL =
            """
            {"feature": {
              "hostname": false, "magic": {"auto_mount": false},
              "fs": {"mode": "write", "read_write": ["^/data/", "x;y"], "read_only": "^/ro",
                     "local": ["l"], "not_found": ["n"], "mapping": {"^/b": "/c$1", "^/a": "/d"},
                     "engine": "supervise", "volumes": "write"},
              "env": {"exclude": ["A*", "Bé?"], "override": {"Q": "\\"x\\"\\n=ü", "Z": ""},
                      "mapping": {"b.+": "1", "a.+": "2"}, "unset": ["C"]},
              "network": {
                "ipv6": false,
                "dns": {"filter": {"remote": ["svc.cluster", "10.0.0.0/8", "[fd00::/8]:53"]},
                        "docker_names": false},
                "outgoing": {"udp": false, "ignore_localhost": true, "unix_streams": ["^/run/", "b"],
                  "filter": {"remote": ["tcp://db:5432", "udp://[::1]:53", ":80", "any://1.2.3.4",
                                        "fd00::/64"]}},
                "incoming": {"mode": "steal", "port_mapping": [[8080, 80]],
                  "listen_ports": [[80, 8000]], "ports": [8080, 80], "ignore_localhost": true}}}}
            """;

    @Test
    void theDefaultsSurviveTheWayToTheSidecar() {
        SidecarConfig config = TestingConfig.json("{}").sidecar();

        assertThat(SidecarConfig.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void everyOptionSurvivesTheWayToTheSidecar() {
        SidecarConfig config = TestingConfig.json(FULL).sidecar();

        SidecarConfig arrived = SidecarConfig.fromJson(config.toJson());

        assertThat(arrived).isEqualTo(config);
        assertThat(arrived.environment().mapping().sequencedKeySet()).containsExactly("b.+", "a.+");
        assertThat(arrived.environment().override()).containsEntry("Q", "\"x\"\n=ü");
        assertThat(arrived.network().outgoing().unixStreams()).containsExactly("^/run/", "b");
    }

    @Test
    void ignoredPortsSurviveTheWayToTheSidecar() {
        SidecarConfig config =
                TestingConfig.json(
                                "{\"feature\":{\"network\":{\"incoming\":{\"ignore_ports\":[1]}}}}")
                        .sidecar();

        assertThat(SidecarConfig.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void aBigValueSurvivesTheWayToTheSidecar() {
        String big = "x".repeat(200 * 1024);
        SidecarConfig config =
                TestingConfig.json("{\"feature\":{\"env\":{\"override\":{\"A\":\"" + big + "\"}}}}")
                        .sidecar();

        assertThat(SidecarConfig.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void aTemplateInAnEnvironmentFileIsPlainText() {
        EnvironmentRules rules =
                new EnvironmentRules(
                        List.of(),
                        List.of(),
                        Map.of("A", "{{ b }}"),
                        Map.of(),
                        Map.of(),
                        List.of());
        SidecarConfig config =
                new SidecarConfig(
                        rules, true, FileRules.NONE, TestingConfig.json("{}").feature().network());

        assertThat(SidecarConfig.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void noValueOfTheEnvironmentIsShownByToString() {
        SidecarConfig config =
                TestingConfig.json(
                                "{\"feature\":{\"env\":{\"override\":{\"A\":\"hidden\"},"
                                        + "\"mapping\":{\"B\":\"hidden\"}}}}")
                        .sidecar();

        assertThat(config.toString()).contains("override=[A]").doesNotContain("hidden");
    }

    @Test
    void whatIsNotOursIsRefused() {
        assertThatThrownBy(() -> SidecarConfig.fromJson("{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sidecar configuration: there is no version");
        assertThatThrownBy(() -> SidecarConfig.fromJson("{\"version\":7}"))
                .hasMessage("sidecar configuration: version 7 is not 1");
    }
}
