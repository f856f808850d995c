package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is and how to believe that it is the right one.
 *
 * @param server scheme, host, port and the path prefix under which the API lives
 * @param serverName what its certificate is checked against, instead of the host
 * @param authorities PEM of the only authorities believed, null for the system's
 * @param insecure believe any certificate
 * @param proxy in between, or null
 */
record Endpoint(
        URI server,
        String serverName,
        @Nullable String authorities,
        boolean insecure,
        @Nullable URI proxy) {

    static Endpoint of(Kubeconfig kubeconfig, ClusterOptions options) {
        var cluster = kubeconfig.cluster();
        URI server = server(cluster.text("server"), kubeconfig.context());
        Boolean chosen = options.acceptInvalidCertificates();
        return new Endpoint(
                server,
                cluster.text("tls-server-name"),
                Credentials.data(cluster, "certificate-authority"),
                chosen == null ? cluster.flag("insecure-skip-tls-verify") : chosen,
                ProxyChoice.choose(
                        server,
                        cluster.text("proxy-url"),
                        options.useProxy(),
                        options.environment()));
    }

    private static URI server(String text, String context) {
        try {
            URI server = URI.create(text.contains("://") ? text : "https://" + text);
            if (server.getHost() != null) {
                return server;
            }
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new ClusterFailure(
                Kind.CONFIGURATION,
                "Kubernetes context " + context + " cannot be used",
                "its cluster's server '" + text + "' is not a URL",
                "repair the kubeconfig");
    }

    boolean tls() {
        return !"http".equals(server.getScheme());
    }

    String host() {
        return ProxyChoice.bare(server.getHost());
    }

    int port() {
        return server.getPort() >= 0 ? server.getPort() : tls() ? 443 : 80;
    }

    /** What the Host header says. */
    String authority() {
        return server.getPort() >= 0 ? server.getHost() + ":" + server.getPort() : server.getHost();
    }

    /** The request target of an API path that starts with a slash. */
    String target(String path) {
        String prefix = server.getRawPath() == null ? "" : server.getRawPath();
        while (prefix.endsWith("/")) {
            prefix = prefix.substring(0, prefix.length() - 1);
        }
        return prefix + path;
    }
}
