package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.KubeconfigFile.Entry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one context that a session uses.
 *
 * @param context its name, or {@code in-cluster}
 */
record Kubeconfig(String context, String namespace, Entry cluster, Entry user) {

    private static final Path SERVICE_ACCOUNT =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    static Kubeconfig load(ClusterOptions options) {
        List<Path> files = files(options);
        if (files.isEmpty()) {
            return inCluster(options);
        }
        KubeconfigFile merged = KubeconfigFile.merge(files);
        String wanted = options.context();
        String name = wanted == null || wanted.isEmpty() ? merged.currentContext() : wanted;
        if (name.isEmpty()) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "no Kubernetes context is chosen",
                    "the kubeconfig " + files.getFirst() + " has no current-context",
                    "name one with --context: "
                            + NearestName.enumerate(List.copyOf(merged.contexts().keySet())));
        }
        Entry context = merged.contexts().get(name);
        if (context == null) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "Kubernetes context " + name + " does not exist",
                    "not in " + String.join(", ", files.stream().map(Path::toString).toList()),
                    NearestName.suggest(name, merged.contexts().keySet(), "contexts"));
        }
        Entry cluster = merged.clusters().get(context.text("cluster"));
        if (cluster == null) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "Kubernetes context " + name + " cannot be used",
                    "its cluster " + context.text("cluster") + " is not in the kubeconfig",
                    NearestName.suggest(
                            context.text("cluster"), merged.clusters().keySet(), "clusters"));
        }
        Entry user = merged.users().get(context.text("user"));
        return new Kubeconfig(
                name,
                namespace(options, context.text("namespace")),
                cluster,
                user == null ? new Entry(Map.of(), context.file()) : user);
    }

    static List<String> contexts(ClusterOptions options) {
        return List.copyOf(KubeconfigFile.merge(files(options)).contexts().keySet());
    }

    private static String namespace(ClusterOptions options, String contextNamespace) {
        String chosen = options.namespace();
        if (chosen != null && !chosen.isEmpty()) {
            return chosen;
        }
        return contextNamespace.isEmpty() ? "default" : contextNamespace;
    }

    private static List<Path> files(ClusterOptions options) {
        String chosen = options.kubeconfig();
        String listed =
                chosen != null && !chosen.isEmpty()
                        ? chosen
                        : options.environment().getOrDefault("KUBECONFIG", "");
        String home = home(options.environment());
        if (listed.isEmpty()) {
            return Stream.of(Path.of(home, ".kube", "config"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
        List<Path> named =
                Stream.of(listed.split(File.pathSeparator))
                        .filter(path -> !path.isEmpty())
                        .map(path -> path.startsWith("~/") ? home + path.substring(1) : path)
                        .map(Path::of)
                        .toList();
        List<Path> present = named.stream().filter(Files::isRegularFile).toList();
        if (present.isEmpty()) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "no Kubernetes configuration",
                    "there is no file " + listed,
                    "set KUBECONFIG to an existing file or unset it");
        }
        return present;
    }

    private static String home(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        return home.isEmpty() ? System.getProperty("user.home", ".") : home;
    }

    /** A pod's own service account: used where no kubeconfig exists, as client-go does. */
    private static Kubeconfig inCluster(ClusterOptions options) {
        String host = options.environment().getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = options.environment().getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        Path token = SERVICE_ACCOUNT.resolve("token");
        if (host.isEmpty() || !Files.isReadable(token)) {
            throw new ClusterFailure(
                    Kind.CONFIGURATION,
                    "no Kubernetes configuration",
                    "neither KUBECONFIG is set nor does ~/.kube/config exist",
                    "create one or name it with KUBECONFIG");
        }
        String server = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        Path config = SERVICE_ACCOUNT.resolve("config");
        return new Kubeconfig(
                "in-cluster",
                namespace(options, firstLine(SERVICE_ACCOUNT.resolve("namespace"))),
                new Entry(Map.of("server", server, "certificate-authority", "ca.crt"), config),
                new Entry(Map.of("tokenFile", "token"), config));
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return "";
        }
    }

    @Nullable Path certificateAuthorityFile() {
        return cluster.path("certificate-authority");
    }
}
