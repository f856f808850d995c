package dev.mirrord.session.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {

    @TempDir Path directory;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(
                Files.createDirectories(directory.resolve(name)).resolve("config"), text);
    }

    private static ClusterOptions options(String paths) {
        return new ClusterOptions(paths, null, null, null, true, Map.of("HOME", "/nonexistent"));
    }

    private static final String FIRST =
            """
            current-context: shop
            contexts:
            - {name: shop, context: {cluster: c, user: u, namespace: shop}}
            - {name: broken, context: {cluster: missing, user: u}}
            clusters:
            - {name: c, cluster: {server: "https://one", certificate-authority: ca.pem}}
            """;

    private static final String SECOND =
            """
            current-context: other
            contexts:
            - {name: other, context: {cluster: c, user: u}}
            clusters:
            - {name: c, cluster: {server: "https://two"}}
            users:
            - {name: u, user: {token: t}}
            """;

    @Test
    void theFirstFileWinsAndTheRestAreAdded() throws IOException {
        String paths = write("a", FIRST) + File.pathSeparator + write("b", SECOND);
        Kubeconfig shop = Kubeconfig.load(options(paths));
        assertThat(shop.context()).isEqualTo("shop");
        assertThat(shop.namespace()).isEqualTo("shop");
        assertThat(shop.cluster().text("server")).isEqualTo("https://one");
        assertThat(shop.user().text("token")).isEqualTo("t");
        Kubeconfig other = Kubeconfig.load(options(paths).withContext("other"));
        assertThat(other.namespace()).isEqualTo("default");
        assertThat(Kubeconfig.load(options(paths).withNamespace("mine")).namespace())
                .isEqualTo("mine");
    }

    @Test
    void relativePathsStartAtTheFileThatNamesThem() throws IOException {
        Kubeconfig shop = Kubeconfig.load(options(write("a", FIRST).toString()));
        assertThat(shop.cluster().path("certificate-authority"))
                .isEqualTo(directory.resolve("a/ca.pem").toAbsolutePath());
    }

    @Test
    void anUnknownContextNamesTheNearest() throws IOException {
        Path file = write("a", FIRST);
        assertThatThrownBy(() -> Kubeconfig.load(options(file.toString()).withContext("shp")))
                .hasMessage(
                        "Kubernetes context shp does not exist: not in "
                                + file
                                + "; did you mean shop? there are shop, broken");
    }

    @Test
    void aContextWithoutItsClusterIsToldWhatIsMissing() throws IOException {
        String file = write("a", FIRST).toString();
        assertThatThrownBy(() -> Kubeconfig.load(options(file).withContext("broken")))
                .hasMessage(
                        "Kubernetes context broken cannot be used: its cluster missing is not in"
                                + " the kubeconfig; there are c");
    }

    @Test
    void aMissingFileAndNoFileAtAllAreTold() {
        assertThatThrownBy(() -> Kubeconfig.load(options("/nonexistent/config")))
                .hasMessage(
                        "no Kubernetes configuration: there is no file /nonexistent/config; set"
                                + " KUBECONFIG to an existing file or unset it");
        assertThatThrownBy(() -> Kubeconfig.load(options("")))
                .hasMessage(
                        "no Kubernetes configuration: neither KUBECONFIG is set nor does"
                                + " ~/.kube/config exist; create one or name it with KUBECONFIG");
    }

    @Test
    void aFileThatIsNotYamlIsNamed() throws IOException {
        Path file = write("a", "a: [");
        assertThatThrownBy(() -> Kubeconfig.load(options(file.toString())))
                .hasMessageStartingWith("kubeconfig " + file + " cannot be read: not YAML: ");
    }

    @Test
    void noCurrentContextListsWhatThereIs() throws IOException {
        String file = write("a", FIRST.replace("current-context: shop\n", "")).toString();
        assertThatThrownBy(() -> Kubeconfig.load(options(file)))
                .hasMessageContaining(
                        "has no current-context; name one with --context: shop, broken");
    }

    @Test
    void aServerThatIsNotAUrlIsTold() throws IOException {
        ClusterOptions options =
                options(write("a", FIRST.replace("https://one", "https:// one")).toString());
        assertThatThrownBy(() -> Endpoint.of(Kubeconfig.load(options), options))
                .hasMessage(
                        "Kubernetes context shop cannot be used: its cluster's server 'https://"
                                + " one' is not a URL; repair the kubeconfig");
    }

    @Test
    void aPathPrefixIsKept() throws IOException {
        String text =
                FIRST.replace("https://one", "https://one:8443/k8s/c-1/")
                        .replace(", certificate-authority: ca.pem", "");
        ClusterOptions options = options(write("a", text).toString());
        Endpoint endpoint = Endpoint.of(Kubeconfig.load(options), options);
        assertThat(endpoint.target("/api/v1/pods")).isEqualTo("/k8s/c-1/api/v1/pods");
        assertThat(endpoint.authority()).isEqualTo("one:8443");
        assertThat(endpoint.port()).isEqualTo(8443);
    }
}
