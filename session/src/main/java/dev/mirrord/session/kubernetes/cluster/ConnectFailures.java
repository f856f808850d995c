package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in the user's words why an API server could not be connected to. */
final class ConnectFailures {

    private final Endpoint endpoint;

    ConnectFailures(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    ClusterFailure of(Throwable cause) {
        String what = "cannot reach the API server " + shown(endpoint.server());
        URI proxy = endpoint.proxy();
        if (proxy != null) {
            what += " through the proxy " + shown(proxy);
        }
        return new ClusterFailure(Kind.UNREACHABLE, what, why(cause), advice(cause), cause);
    }

    private static String why(Throwable cause) {
        CertificateException certificate = find(cause, CertificateException.class);
        if (certificate != null) {
            return "its certificate is not trusted: " + certificate.getMessage();
        }
        ProxyConnectException refusal = find(cause, ProxyConnectException.class);
        if (refusal != null) {
            return "the proxy refused: " + refusal.getMessage();
        }
        return switch (cause) {
            case UnknownHostException host -> "its name " + host.getMessage() + " does not resolve";
            case ConnectTimeoutException timeout -> "no answer within 10 s (ETIMEDOUT)";
            case NoRouteToHostException noRoute -> "no route to host (EHOSTUNREACH)";
            case ConnectException refused -> "connection refused (ECONNREFUSED)";
            case SSLException tls -> "TLS failed: " + tls.getMessage();
            default -> String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
        };
    }

    private static String advice(Throwable cause) {
        if (find(cause, CertificateException.class) != null) {
            return "check certificate-authority and tls-server-name of the kubeconfig's cluster";
        }
        return "check that the cluster runs and that kubectl reaches it";
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** Without user and password. */
    private static String shown(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return uri.getScheme() + "://" + uri.getHost() + port + ("/".equals(path) ? "" : path);
    }
}
