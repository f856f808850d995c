package dev.mirrord.session.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Writes kubeconfigs that differ from the administrator's in one thing. JSON is YAML too. */
public final class KubeconfigText {

    public final ObjectNode cluster = Json.MAPPER.createObjectNode();
    public final ObjectNode user = Json.MAPPER.createObjectNode();
    private final String namespace;

    /** The test cluster's server and authority, and nobody as user. */
    public KubeconfigText(String namespace) {
        this.namespace = namespace;
        Map<?, ?> admin = entry("clusters", "cluster");
        cluster.put("server", admin.get("server").toString());
        cluster.put(
                "certificate-authority-data", admin.get("certificate-authority-data").toString());
    }

    /** The administrator's client certificate or key, PEM. */
    public static String adminPem(String key) {
        String data = entry("users", "user").get(key + "-data").toString();
        return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.ISO_8859_1);
    }

    public String authority() {
        byte[] pem =
                Base64.getMimeDecoder().decode(cluster.path("certificate-authority-data").asText());
        return new String(pem, StandardCharsets.ISO_8859_1);
    }

    public KubeconfigText authorities(String pem) {
        cluster.put(
                "certificate-authority-data",
                Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.ISO_8859_1)));
        return this;
    }

    public KubeconfigText asAdmin() {
        for (String key : List.of("client-certificate-data", "client-key-data")) {
            user.put(key, entry("users", "user").get(key).toString());
        }
        return this;
    }

    public KubeconfigText token(String token) {
        user.put("token", token);
        return this;
    }

    public Path write(Path directory) throws IOException {
        ObjectNode root = Json.MAPPER.createObjectNode();
        root.put("apiVersion", "v1").put("kind", "Config").put("current-context", "test");
        ObjectNode context = root.putArray("contexts").addObject().put("name", "test");
        context.putObject("context")
                .put("cluster", "cluster")
                .put("user", "user")
                .put("namespace", namespace);
        root.putArray("clusters").addObject().put("name", "cluster").set("cluster", cluster);
        root.putArray("users").addObject().put("name", "user").set("user", user);
        return Files.writeString(directory.resolve("kubeconfig"), root.toString());
    }

    private static Map<?, ?> entry(String list, String item) {
        try {
            Map<?, ?> root =
                    (Map<?, ?>)
                            new Load(LoadSettings.builder().build())
                                    .loadFromString(Files.readString(TestCluster.kubeconfig()));
            return (Map<?, ?>) ((Map<?, ?>) ((List<?>) root.get(list)).getFirst()).get(item);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
