package dev.mirrord.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the cluster is reached.
 *
 * @param context empty: the kubeconfig's current one
 * @param kubeconfig empty: KUBECONFIG, then ~/.kube/config, then the pod's service account
 * @param acceptInvalidCertificates empty: as the kubeconfig says
 * @param useProxy false: HTTP_PROXY and HTTPS_PROXY are not honoured
 */
public record KubernetesConfig(
        Optional<String> context,
        List<Path> kubeconfig,
        Optional<Boolean> acceptInvalidCertificates,
        boolean useProxy,
        StartupRetry startupRetry) {
    public KubernetesConfig {
        kubeconfig = List.copyOf(kubeconfig);
    }
}
