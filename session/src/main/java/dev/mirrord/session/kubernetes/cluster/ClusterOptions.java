package dev.mirrord.session.kubernetes.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user said about the cluster.
 *
 * @param kubeconfig path or list of paths, instead of KUBECONFIG and {@code ~/.kube/config}
 * @param context name of a context, instead of the current one
 * @param namespace instead of the context's
 * @param acceptInvalidCertificates true or false overrides the kubeconfig
 * @param useProxy false ignores HTTPS_PROXY and HTTP_PROXY
 * @param environment variables of the process: KUBECONFIG, HOME, HTTPS_PROXY, NO_PROXY…
 */
public record ClusterOptions(
        @Nullable String kubeconfig,
        @Nullable String context,
        @Nullable String namespace,
        @Nullable Boolean acceptInvalidCertificates,
        boolean useProxy,
        Map<String, String> environment) {

    public static ClusterOptions ofEnvironment() {
        return new ClusterOptions(null, null, null, null, true, System.getenv());
    }

    public ClusterOptions withKubeconfig(@Nullable String path) {
        return new ClusterOptions(
                path, context, namespace, acceptInvalidCertificates, useProxy, environment);
    }

    public ClusterOptions withContext(@Nullable String name) {
        return new ClusterOptions(
                kubeconfig, name, namespace, acceptInvalidCertificates, useProxy, environment);
    }

    public ClusterOptions withNamespace(@Nullable String name) {
        return new ClusterOptions(
                kubeconfig, context, name, acceptInvalidCertificates, useProxy, environment);
    }

    public ClusterOptions withEnvironment(Map<String, String> variables) {
        return new ClusterOptions(
                kubeconfig, context, namespace, acceptInvalidCertificates, useProxy, variables);
    }
}
