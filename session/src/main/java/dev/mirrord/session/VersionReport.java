package dev.mirrord.session;

import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.session.docker.DockerFailure;
import dev.mirrord.session.docker.engine.Engine;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import java.util.List;

/** Versions of everything that takes part in a session; what cannot be reached says why. */
public final class VersionReport {
    private VersionReport() {}

    /** One line each, for a person. */
    public static List<String> lines() {
        return List.of(
                "mirrord   " + Product.VERSION,
                "protocol  " + Tunnel.PROTOCOL,
                "sidecar   " + Product.SIDECAR_IMAGE,
                "agent     " + Product.AGENT_IMAGE + ":" + Product.VERSION,
                "engine    " + engine(),
                "cluster   " + cluster());
    }

    private static String engine() {
        try (Engine engine = Engine.ofEnvironment()) {
            return engine.version().toString();
        } catch (DockerFailure e) {
            return "unknown: " + e.getMessage();
        }
    }

    private static String cluster() {
        try (Cluster cluster = Cluster.open(ClusterOptions.ofEnvironment())) {
            ApiReply reply = cluster.api().get("/version");
            return "%s (context %s)"
                    .formatted(
                            reply.json().path("gitVersion").asText("unknown"), cluster.context());
        } catch (ClusterFailure e) {
            return "unknown: " + e.getMessage();
        }
    }
}
