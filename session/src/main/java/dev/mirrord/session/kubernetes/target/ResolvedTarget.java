package dev.mirrord.session.kubernetes.target;

import dev.mirrord.config.files.TargetMount;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.util.List;
import java.util.Map;

/**
 * A running container.
 *
 * @param containerId as the runtime has it: {@code containerd://…}
 * @param podIps of the pod, IPv4 first where there are both
 * @param hostname what {@code hostname} says in the pod
 * @param subdomain of the pod, empty if none
 * @param declaredPorts TCP container ports that the container's spec names
 * @param podPorts the same of all containers of the pod
 * @param volumes of the container, in the order of its spec
 * @param probes what the kubelet asks containers of the pod for, by TCP port
 * @param warnings for the user: several containers, a pod chosen out of many
 */
public record ResolvedTarget(
        PodRef pod,
        String podUid,
        String node,
        String container,
        String containerId,
        String image,
        List<String> podIps,
        String hostname,
        String subdomain,
        String serviceAccount,
        boolean hostNetwork,
        List<Integer> declaredPorts,
        List<Integer> podPorts,
        List<TargetMount> volumes,
        List<String> containers,
        Map<Integer, String> probes,
        List<String> warnings) {

    public String namespace() {
        return pod.namespace();
    }

    /** Without {@code containerd://}. */
    public String bareContainerId() {
        int scheme = containerId.indexOf("://");
        return scheme < 0 ? containerId : containerId.substring(scheme + 3);
    }
}
