package dev.mirrord.session.kubernetes.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final SessionLabels LABELS = new SessionLabels("a1b2", "Jo Doe@my.machine");
    private static final ResolvedTarget TARGET =
            new ResolvedTarget(
                    new PodRef("shop", "web-1"),
                    "uid",
                    "node-7",
                    "web",
                    "containerd://c0ffee",
                    "image",
                    List.of("10.0.0.1"),
                    "web-1",
                    "",
                    "default",
                    false,
                    List.of(80),
                    List.of(80),
                    List.of(),
                    List.of("web"),
                    Map.of(),
                    List.of());

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static JsonNode job(JobPlacement.Traffic traffic) {
        AgentSettings settings = AgentSettings.ofImage("mirrord-agent:1");
        return new JobPlacement(LABELS, TARGET, settings, "ab12", traffic, JobPlacement.Files.NONE)
                .manifest();
    }

    @Test
    void filesTakeWhatItTakesToBeTheTargetsUser() {
        AgentSettings settings = AgentSettings.ofImage("mirrord-agent:1");
        JsonNode job =
                new JobPlacement(
                                LABELS,
                                TARGET,
                                settings,
                                "ab12",
                                JobPlacement.Traffic.OFF,
                                JobPlacement.Files.ALL)
                        .manifest();
        assertThat(
                        texts(
                                job.at(
                                        "/spec/template/spec/containers/0/securityContext/capabilities/add")))
                .containsExactly(
                        "SYS_ADMIN",
                        "SYS_PTRACE",
                        "DAC_READ_SEARCH",
                        "SETUID",
                        "SETGID",
                        "CHOWN",
                        "DAC_OVERRIDE",
                        "FOWNER",
                        "FSETID");
    }

    @Test
    void theJobHasTheCapabilitiesOfItsTrafficAndNoOther() {
        String path = "/spec/template/spec/containers/0/securityContext/capabilities/";
        assertThat(texts(job(JobPlacement.Traffic.OFF).at(path + "add")))
                .containsExactly("SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH");
        assertThat(texts(job(JobPlacement.Traffic.MIRROR).at(path + "add")))
                .containsExactly("SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "NET_RAW");
        assertThat(texts(job(JobPlacement.Traffic.STEAL).at(path + "add")))
                .containsExactly(
                        "SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "NET_ADMIN", "NET_RAW");
        assertThat(texts(job(JobPlacement.Traffic.STEAL).at(path + "drop"))).containsExactly("ALL");
    }

    @Test
    void theJobEndsByItselfAndStaysOutOfMeshes() {
        JsonNode job = job(JobPlacement.Traffic.OFF);
        assertThat(job.at("/metadata/name").asText()).isEqualTo("mirrord-a1b2-agent");
        assertThat(job.at("/metadata/namespace").asText()).isEqualTo("shop");
        assertThat(job.at("/spec/backoffLimit").asInt(-1)).isZero();
        assertThat(job.at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(5);
        assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(86400);
        JsonNode pod = job.at("/spec/template");
        assertThat(pod.at("/spec/restartPolicy").asText()).isEqualTo("Never");
        assertThat(pod.at("/spec/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/spec/nodeName").asText()).isEqualTo("node-7");
        assertThat(pod.at("/spec/hostPID").asBoolean()).isTrue();
        assertThat(pod.at("/spec/hostNetwork").isMissingNode()).isTrue();
        assertThat(pod.at("/spec/volumes").isMissingNode()).isTrue();
        JsonNode annotations = pod.at("/metadata/annotations");
        assertThat(annotations.path("sidecar.istio.io/inject").asText()).isEqualTo("false");
        assertThat(annotations.path("linkerd.io/inject").asText()).isEqualTo("disabled");
        assertThat(annotations.path("kuma.io/sidecar-injection").asText()).isEqualTo("disabled");
        assertThat(annotations.path("cluster-autoscaler.kubernetes.io/safe-to-evict").asText())
                .isEqualTo("false");
        assertThat(annotations.path("karpenter.sh/do-not-disrupt").asText()).isEqualTo("true");
        assertThat(annotations.path("dev.mirrord/owner").asText()).isEqualTo("Jo Doe@my.machine");
    }

    @Test
    void theAgentsArgumentsHoldNoSecret() {
        JsonNode container = job(JobPlacement.Traffic.OFF).at("/spec/template/spec/containers/0");
        assertThat(texts(container.path("args")))
                .containsExactly(
                        "--session-certificate-sha256",
                        "ab12",
                        "--target-container-id",
                        "c0ffee",
                        "--communication-timeout",
                        "15",
                        "--owner",
                        "Jo Doe@my.machine",
                        "--port",
                        "7547");
        assertThat(container.has("env")).isFalse();
        assertThat(container.at("/securityContext/runAsUser").asInt(-1)).isZero();
        assertThat(container.at("/securityContext/privileged").asBoolean(true)).isFalse();
    }

    @Test
    void theTargetlessPodAsksForNothing() {
        AgentSettings settings = AgentSettings.ofImage("mirrord-agent:1");
        JsonNode job = new TargetlessPlacement(LABELS, "shop", settings, "ab12").manifest();
        JsonNode pod = job.at("/spec/template/spec");
        assertThat(pod.has("hostPID")).isFalse();
        assertThat(pod.has("nodeName")).isFalse();
        JsonNode context = pod.at("/containers/0/securityContext");
        assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(texts(context.at("/capabilities/drop"))).containsExactly("ALL");
        assertThat(context.at("/capabilities").has("add")).isFalse();
        assertThat(context.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(texts(pod.at("/containers/0/args"))).contains("--targetless");
    }

    @Test
    void everySettingReachesThePod() {
        AgentSettings settings =
                new AgentSettings(
                        "registry.test/agent:2",
                        "Always",
                        List.of("pull"),
                        "agents",
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(7),
                        Duration.ofMinutes(1),
                        List.of(Map.of("operator", "Exists")),
                        Map.of("team", "shop"),
                        Map.of("note", "hi"),
                        Map.of("disk", "ssd"),
                        "high",
                        Map.of("limits", Map.of("cpu", "1")),
                        "sa",
                        List.of("NET_ADMIN"),
                        Map.of("type", "RuntimeDefault"),
                        Map.of("type", "Unconfined"),
                        false,
                        List.of("--verbose"));
        JsonNode job =
                new JobPlacement(
                                LABELS,
                                TARGET,
                                settings,
                                "ab12",
                                JobPlacement.Traffic.STEAL,
                                JobPlacement.Files.NONE)
                        .manifest();
        assertThat(job.at("/metadata/namespace").asText()).isEqualTo("agents");
        assertThat(job.at("/metadata/labels/team").asText()).isEqualTo("shop");
        assertThat(job.at("/spec/template/metadata/annotations/note").asText()).isEqualTo("hi");
        assertThat(job.toString()).doesNotContain("istio").doesNotContain("NET_ADMIN");
        assertThat(job.at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(9);
        assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(60);
        JsonNode pod = job.at("/spec/template/spec");
        assertThat(pod.at("/tolerations/0/operator").asText()).isEqualTo("Exists");
        assertThat(pod.at("/imagePullSecrets/0/name").asText()).isEqualTo("pull");
        assertThat(pod.path("priorityClassName").asText()).isEqualTo("high");
        assertThat(pod.path("serviceAccountName").asText()).isEqualTo("sa");
        JsonNode container = pod.at("/containers/0");
        assertThat(container.path("image").asText()).isEqualTo("registry.test/agent:2");
        assertThat(container.path("imagePullPolicy").asText()).isEqualTo("Always");
        assertThat(container.at("/resources/limits/cpu").asText()).isEqualTo("1");
        assertThat(container.at("/securityContext/appArmorProfile/type").asText())
                .isEqualTo("RuntimeDefault");
        assertThat(container.at("/securityContext/seccompProfile/type").asText())
                .isEqualTo("Unconfined");
        assertThat(texts(container.path("args"))).endsWith("--verbose").contains("7");
        JsonNode targetless = new TargetlessPlacement(LABELS, "shop", settings, "ab12").manifest();
        assertThat(targetless.at("/spec/template/spec/nodeSelector/disk").asText())
                .isEqualTo("ssd");
    }

    @Test
    void theOwnersLabelIsSafeWhateverTheOwnerIsCalled() {
        assertThat(LABELS.ownerLabel()).isEqualTo("Jo-Doe_at_my.machine");
        assertThat(new SessionLabels("a", "ü@host-" + "x".repeat(80)).ownerLabel())
                .matches("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
                .hasSizeLessThanOrEqualTo(63);
        assertThatThrownBy(() -> new SessionLabels("A_b", "me"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheAgentsLines() {
        assertThat(
                        AgentLine.parse(
                                "{\"mirrord\":\"ready\",\"protocol\":1,\"port\":40001,\"certificateSha256\":\"00\"}"))
                .isEqualTo(new AgentLine.Ready(1, 40001, "00"));
        assertThat(AgentLine.parse("{\"mirrord\":\"failed\",\"text\":\"no\"}"))
                .isEqualTo(new AgentLine.Failed("no"));
        for (String other : List.of("", "plain", "{", "{\"mirrord\":\"x\"}", "{}")) {
            assertThat(AgentLine.parse(other)).isEqualTo(new AgentLine.Other(other));
        }
    }
}
