package dev.mirrord.session.kubernetes.placement;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code agent.*} keys of the configuration that shape the agent's pod. Maps and lists of
 * {@code Object} are Kubernetes objects as the configuration file had them.
 *
 * @param namespace null for the target's
 * @param communicationTimeout the agent ends when nobody has been connected for so long
 * @param lifetime backstop after which Kubernetes ends the agent whatever happens
 * @param withheld capabilities that the agent may not have, in Kubernetes' spelling
 * @param appArmor a Kubernetes AppArmorProfile, null for the placement's own
 * @param seccomp a Kubernetes SeccompProfile, null for the placement's own
 * @param arguments more arguments for the agent's program
 */
public record AgentSettings(
        String image,
        String pullPolicy,
        List<String> pullSecrets,
        @Nullable String namespace,
        Duration ttl,
        Duration startupTimeout,
        Duration communicationTimeout,
        Duration lifetime,
        List<Map<String, Object>> tolerations,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, String> nodeSelector,
        @Nullable String priorityClass,
        Map<String, Object> resources,
        @Nullable String serviceAccount,
        List<String> withheld,
        @Nullable Map<String, Object> appArmor,
        @Nullable Map<String, Object> seccomp,
        boolean meshInjectionOff,
        List<String> arguments) {

    /** What is used where the configuration says nothing. */
    public static AgentSettings ofImage(String image) {
        return new AgentSettings(
                image,
                "IfNotPresent",
                List.of(),
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofDays(1),
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                null,
                Map.of("requests", Map.of("cpu", "1m", "memory", "64Mi")),
                null,
                List.of(),
                null,
                null,
                true,
                List.of());
    }
}
