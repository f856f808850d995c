package dev.mirrord.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The agent's pod.
 *
 * @param namespace empty: the target's
 * @param nodeSelector for targetless agents only
 * @param resources a Kubernetes ResourceRequirements as maps, lists, strings; empty: the built-in
 * @param tolerations Kubernetes Tolerations as maps; empty: the built-in
 * @param flushConnections connections that a port has when it begins to be stolen are reset
 * @param communicationTimeout after which the agent ends when nobody has connected
 * @param ttl of the finished Job
 */
public record AgentConfig(
        ImageName image,
        String imagePullPolicy,
        List<String> imagePullSecrets,
        Optional<String> namespace,
        Map<String, String> annotations,
        Map<String, String> labels,
        Map<String, String> nodeSelector,
        Optional<Map<String, Object>> resources,
        Optional<List<Map<String, Object>>> tolerations,
        Optional<String> priorityClass,
        Optional<String> serviceAccount,
        Optional<SecurityProfile> appArmorProfile,
        Optional<SecurityProfile> seccompProfile,
        boolean privileged,
        Set<Capability> disabledCapabilities,
        boolean disableMeshSidecarInjection,
        String logLevel,
        boolean flushConnections,
        Duration communicationTimeout,
        Duration startupTimeout,
        Duration ttl) {}
