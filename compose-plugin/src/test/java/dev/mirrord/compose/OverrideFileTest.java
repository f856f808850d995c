package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.source.Location;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverrideFileTest {
    private static final String IMAGE =
            """
            {"Entrypoint": ["/entry.sh"], "Cmd": ["serve", "$HOME"],
             "Healthcheck": {"Test": ["CMD", "check"]}}
            """;

    @Test
    void theSameProjectGivesTheSameBytes() {
        String service =
                """
                {"image": "${IMAGE}", "ports": ["${PORT:-80}:80"], "environment": ["PASSWORD=${PW}"],
                 "profiles": ["x"], "networks": {"back": null},
                 "x-mirrord": {"target": "deployment/web"}}
                """;
        String resolved =
                """
                {"image": "shop", "environment": {"PASSWORD": "secret"},
                 "ports": [{"published": "80", "target": 80}]}
                """;
        String text = override(service, resolved);
        assertThat(text)
                .isEqualTo(override(service, resolved))
                .isEqualTo(
                        """
                        # Made by 'docker mirrord override'. Make it again when services with x-mirrord or
                        # their images change.
                        services:
                          "web-mirrord":
                            profiles: ["x"]
                            provider:
                              type: "mirrord"
                              options:
                                sidecar: "web-sidecar"
                                config: "{\\"target\\":{\\"namespace\\":\\"shop\\",\\"path\\":\\"deployment/web\\"}}"
                          "web-sidecar":
                            profiles: ["x"]
                            image: "mirrord-sidecar:0.1.0"
                            pull_policy: "missing"
                            attach: false
                            cap_drop: ["ALL"]
                            cap_add: ["NET_ADMIN"]
                            security_opt: ["label=disable"]
                            sysctls: {"net.ipv4.ip_unprivileged_port_start":"0","net.ipv6.conf.all.disable_ipv6":"0","net.ipv6.conf.default.disable_ipv6":"0"}
                            dns: ["127.0.0.153"]
                            volumes: ["web-layer-0.1.0:/.mirrord"]
                            labels: {"dev.mirrord/environment":"PASSWORD","dev.mirrord/nameservers":""}
                            healthcheck: {"test":"test -e /dev/shm/healthy && sleep 30; /.mirrord/run /bin/true && >/dev/shm/healthy","interval":"200ms","timeout":"10m","retries":60}
                            ports: ["${PORT:-80}:80"]
                            networks: {"back":{"aliases":["web"]}}
                            depends_on: {"web-mirrord":{"condition":"service_started"}}
                          "web":
                            container_name: "${COMPOSE_PROJECT_NAME}-web-1"
                            network_mode: "service:web-sidecar"
                            networks: !reset {}
                            ports: !reset []
                            volumes_from: ["web-sidecar:ro"]
                            depends_on: {"web-sidecar":{"condition":"service_healthy","restart":true}}
                            entrypoint: !override ["/.mirrord/run","--main","--","/entry.sh"]
                            command: !override ["serve","$$HOME"]
                            healthcheck:
                              test: !override ["CMD","/.mirrord/run","check"]
                        volumes:
                          "web-layer-0.1.0":
                            labels: {"dev.mirrord/layer":"web-mirrord"}
                        """);
    }

    @Test
    void aCommandOfTheServiceStaysWhereItIs() {
        assertThat(
                        override(
                                "{\"command\": \"run ${MORE}\", \"x-mirrord\": {\"target\":"
                                        + " \"pod/x\"}}"))
                .contains(
                        "entrypoint: !override"
                                + " [\"/.mirrord/run\",\"--main\",\"--\",\"/entry.sh\"]\n")
                .doesNotContain("command:");
    }

    @Test
    void anEntryPointInOneTextIsSplitByCompose() {
        assertThat(
                        override(
                                "{\"entrypoint\": \"sh -c '${SCRIPT}'\", \"x-mirrord\":"
                                        + " {\"target\": \"pod/x\"}}"))
                .contains("entrypoint: !override \"/.mirrord/run --main -- sh -c '${SCRIPT}'\"\n")
                .doesNotContain("command:");
    }

    @Test
    void aClearedEntryPointLeavesTheImagesCommand() {
        assertThat(override("{\"entrypoint\": [], \"x-mirrord\": {\"target\": \"pod/x\"}}"))
                .contains("entrypoint: !override [\"/.mirrord/run\",\"--main\",\"--\"]\n")
                .contains("command: !override [\"serve\",\"$$HOME\"]\n");
    }

    @Test
    void aShellsHealthCheckRunsInTheShell() {
        assertThat(
                        override(
                                "{\"healthcheck\": {\"test\": \"a || b\"}, \"x-mirrord\":"
                                        + " {\"target\": \"pod/x\"}}"))
                .contains(
                        "test: !override [\"CMD\",\"/.mirrord/run\",\"/bin/sh\",\"-c\",\"a ||"
                                + " b\"]");
    }

    @Test
    void aHealthCheckThatIsSwitchedOffStaysOff() {
        assertThat(
                        override(
                                "{\"healthcheck\": {\"disable\": true}, \"x-mirrord\": {\"target\":"
                                        + " \"pod/x\"}}"))
                .doesNotContain("\n    healthcheck:\n");
    }

    @Test
    void whatBelongsToTheNamespaceMovesToTheSidecar() {
        String text =
                override(
                        """
                        {"dns": ["10.0.0.1"], "extra_hosts": {"a": "1.2.3.4"}, "hostname": "h",
                         "sysctls": {"net.core.somaxconn": "9", "kernel.msgmax": "1"}, "init": true,
                         "container_name": "c", "x-mirrord": {"target": "pod/x"}}
                        """);
        assertThat(text)
                .contains("    dns: [\"127.0.0.153\"]\n", "    dns: !reset []\n")
                .contains("\"dev.mirrord/nameservers\":\"10.0.0.1\"")
                .contains("    extra_hosts: {\"a\":\"1.2.3.4\"}\n", "    extra_hosts: !reset []\n")
                .contains("    hostname: \"h\"\n", "    hostname: !reset null\n")
                .contains("sysctls: {\"net.core.somaxconn\":\"9\",")
                .contains("sysctls: !override {\"kernel.msgmax\":\"1\"}")
                .contains("networks: {\"default\":{\"aliases\":[\"web\",\"c\"]}}")
                .doesNotContain("container_name");
    }

    @Test
    void aProgramThatHasToBeTheFirstOneIsIt() {
        assertThat(
                        override(
                                "{\"entrypoint\": [\"/init\"], \"x-mirrord\": {\"target\":"
                                        + " \"pod/x\"}}"))
                .contains("[\"/.mirrord/run\",\"--main\",\"--pid1-app\",\"--\",\"/init\"]");
    }

    @Test
    void theServiceWinsOverTheProjectsDefaultsGroupByGroup() {
        assertThat(
                        override(
                                """
                                {"x-mirrord": {"target": "pod/x", "namespace": "own",
                                 "feature": {"network": {"dns": false}}}}
                                """))
                .contains(
                        "{\\\"target\\\":{\\\"namespace\\\":\\\"own\\\",\\\"path\\\":\\\"pod/x\\\"},")
                .contains("\\\"feature\\\":{\\\"network\\\":{\\\"dns\\\":false}}")
                .doesNotContain("127.0.0.153");
    }

    @Test
    void anUnknownKeyIsToldWithTheNearestAndItsPlace() {
        refused("{\"x-mirrord\": {\"target\": \"pod/x\", \"feature\": {\"netwrk\": {}}}}")
                .hasMessage(
                        "compose.yaml:7:9: unknown key feature.netwrk; the nearest known one is"
                                + " feature.network");
    }

    @Test
    void aMisspeltTargetIsAnUnknownKey() {
        refused("{\"x-mirrord\": {\"targit\": \"pod/x\"}}")
                .hasMessageContaining("unknown key targit; the nearest known one is target");
    }

    @Test
    void networkModeIsRefused() {
        refused("{\"network_mode\": \"host\", \"x-mirrord\": {\"target\": \"pod/x\"}}")
                .hasMessageContaining("compose.yaml:7:9: service web has network_mode");
    }

    @Test
    void eachReplicaIsAServiceWithANamespaceOfItsOwn() {
        String service =
                """
                {"build": {"context": "."}, "scale": 2, "deploy": {"resources": {}, "replicas": 2},
                 "ports": [{"published": "8080-8081", "target": 80}], "networks": {"back": null},
                 "depends_on": {"redis": {"condition": "service_started"}},
                 "healthcheck": {"test": ["CMD", "check"], "interval": "1s"},
                 "x-mirrord": {"target": "pod/x"}}
                """;
        assertThat(override(service))
                .contains("    scale: !override 1\n    deploy:\n      replicas: !override 1\n")
                .contains(
                        """
                          "web-2-sidecar":
                        """,
                        "networks: {\"back\":{\"aliases\":[\"web\",\"web-2\"]}}",
                        """
                          "web-2":
                            build: {"context":"."}
                            deploy: {"resources":{}}
                            depends_on: {"redis":{"condition":"service_started"},"web-2-sidecar":{"condition":"service_healthy","restart":true}}
                            healthcheck: {"test":["CMD","/.mirrord/run","check"],"interval":"1s"}
                            image: "${COMPOSE_PROJECT_NAME}-web"
                            container_name: "${COMPOSE_PROJECT_NAME}-web-2"
                            network_mode: "service:web-2-sidecar"
                            volumes_from: ["web-2-sidecar:ro"]
                            entrypoint: ["/.mirrord/run","--main","--","/entry.sh"]
                            command: ["serve","$$HOME"]
                        volumes:
                        """,
                        "\nx-mirrord-replicas: {\"web\":2}\n");
    }

    @Test
    void replicasThatWouldBeInEachOthersWayAreRefused() {
        refused("{\"scale\": 2, \"container_name\": \"c\", \"x-mirrord\": {\"target\": \"pod/x\"}}")
                .hasMessageContaining("has a container_name");
        refused(
                        """
                        {"scale": 2, "ports": [{"published": "80"}], "x-mirrord": {"target": "pod/x"}}
                        """)
                .hasMessageContaining("cannot all publish port 80");
    }

    @Test
    void aTargetIsNeeded() {
        refused("{\"x-mirrord\": {}}")
                .hasMessageContaining("x-mirrord of service web has no target");
        refused("{\"x-mirrord\": \"deployment/web\"}").hasMessageContaining("has to be a mapping");
    }

    @Test
    void valuesOfVariablesHaveAnotherPlace() {
        refused(
                        """
                        {"x-mirrord": {"target": "pod/x", "feature": {"env": {"override": {"A": "b"}}}}}
                        """)
                .hasMessageContaining("use the service's environment");
    }

    @Test
    void whatFilesTakeIsTheSidecars() {
        assertThat(override(withFiles("pod/x", "\"read\"")))
                .contains(
                        "cap_add: [\"NET_ADMIN\",\"SYS_ADMIN\"]\n"
                            + "    devices: [\"/dev/fuse\"]\n"
                            + "    security_opt: [\"label=disable\",\"apparmor=unconfined\"]\n");
        assertThat(override(withFiles("pod/${POD}", "{\"volumes\": true}")))
                .contains(
                        "cap_add: [\"NET_ADMIN\",\"SYS_ADMIN\",\"SYS_CHROOT\",\"DAC_OVERRIDE\"]\n"
                                + "    devices: [\"/dev/fuse\"]\n");
        assertThat(override(withFiles("pod/${POD}", "\"local\"")))
                .contains("cap_add: [\"NET_ADMIN\"]\n")
                .doesNotContain("devices:");
        refused(withFiles("pod/x", "{\"mode\": \"${MODE}\"}"))
                .hasMessageContaining("feature.fs of service web has a variable");
    }

    private static String withFiles(String target, String files) {
        return "{\"x-mirrord\": {\"target\": \"%s\", \"feature\": {\"fs\": %s}}}"
                .formatted(target, files);
    }

    @Test
    void oneServiceAtLeastIsInAContext() {
        refused("{\"image\": \"x\"}")
                .hasMessageContaining("no service of the project has x-mirrord");
    }

    @Test
    void twoServicesCannotPublishOnePort() {
        Project project =
                project(
                        "\"web\": {\"x-mirrord\": {\"target\": \"pod/x\"}}, \"other\": {}",
                        """
                        "web": {"ports": [{"published": "80", "target": 8080}]},
                        "other": {"ports": [{"published": "80", "target": 80, "protocol": "tcp"}]}
                        """);
        assertThatThrownBy(() -> text(project))
                .hasMessage(
                        "services web and other both publish port 0.0.0.0:80/tcp of this machine:"
                                + " give one of them another");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(String service) {
        return assertThatThrownBy(() -> override(service)).isInstanceOf(ComposeFailure.class);
    }

    private static String override(String service) {
        return override(service, service);
    }

    private static String override(String service, String resolved) {
        return text(project("\"web\": " + service, "\"web\": " + resolved));
    }

    private static Project project(String services, String resolved) {
        String head = "{\"name\": \"p\", \"x-mirrord\": {\"namespace\": \"shop\"}, \"services\": {";
        JsonNode raw = Docker.parse(head + services + "}}");
        return new Project(raw, Docker.parse(head + resolved + "}}"), () -> raw);
    }

    private static String text(Project project) {
        return new OverrideFile(
                        project, Replicas.of(project), (_, _) -> image(), OverrideFileTest::place)
                .text();
    }

    private static JsonNode image() {
        return Docker.parse(IMAGE);
    }

    private static Optional<Location> place(List<String> path) {
        return path.getFirst().equals("services")
                ? Optional.of(new Location("compose.yaml", 7, 9))
                : Optional.empty();
    }
}
