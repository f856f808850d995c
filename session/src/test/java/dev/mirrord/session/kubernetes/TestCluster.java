package dev.mirrord.session.kubernetes;

import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The real cluster that the tests run against. Its absence is a failure, never a skip. */
public final class TestCluster {

    private TestCluster() {}

    /** Path of the administrator's kubeconfig. */
    public static Path kubeconfig() {
        String path =
                System.getProperty(
                        "mirrord.test.kubeconfig",
                        System.getenv().getOrDefault("MIRRORD_TEST_KUBECONFIG", ""));
        if (path.isEmpty() || !Files.isRegularFile(Path.of(path))) {
            throw new IllegalStateException(
                    "no test cluster: start one with dev/cluster/up and name its kubeconfig in"
                            + " MIRRORD_TEST_KUBECONFIG (is '"
                            + path
                            + "')");
        }
        return Path.of(path);
    }

    public static ClusterOptions options() {
        return ClusterOptions.ofEnvironment()
                .withEnvironment(Map.of("PATH", System.getenv("PATH")))
                .withKubeconfig(kubeconfig().toString());
    }

    public static Cluster open() {
        return Cluster.open(options());
    }

    /** The first pod with this label {@code app} in namespace shop. */
    public static PodRef shopPod(Cluster cluster, String app) {
        ApiReply reply =
                cluster.api().get("/api/v1/namespaces/shop/pods?labelSelector=app%3D" + app);
        String name = reply.json().at("/items/0/metadata/name").asText("");
        if (name.isEmpty()) {
            throw new IllegalStateException("the shop's " + app + " is not running: " + reply);
        }
        return new PodRef("shop", name);
    }
}
