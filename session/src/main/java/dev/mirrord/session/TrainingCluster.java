package dev.mirrord.session;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.mirrord.protocol.tls.SessionIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An API server that knows the few answers of a session's start, so that training takes the real
 * way through TLS and JSON.
 */
final class TrainingCluster implements AutoCloseable {
    private static final String POD =
            """
            {"metadata":{"name":"web-1","namespace":"default","uid":"1"},\
            "spec":{"nodeName":"node","containers":[{"name":"web","image":"i","ports":[{"containerPort":80}]}]},\
            "status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],"containerStatuses":[{"name":"web","ready":true,\
            "containerID":"containerd://1","state":{"running":{}}}]}}\
            """;
    private static final String READY =
            "{\"mirrord\":\"ready\",\"protocol\":1,\"port\":1,\"certificateSha256\":\"%s\"}\n"
                    .formatted("0".repeat(64));

    private final HttpsServer server;
    private final Path kubeconfig;

    TrainingCluster(SessionIdentity identity) throws IOException, GeneralSecurityException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(identity)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", TrainingCluster::answer);
        server.start();
        kubeconfig = Files.createTempFile("mirrord-training", ".yaml");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: training
                clusters:
                - name: training
                  cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}
                contexts:
                - name: training
                  context: {cluster: training, user: training, namespace: default}
                users:
                - name: training
                  user: {token: training}
                """
                        .formatted(server.getAddress().getPort()));
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Files.deleteIfExists(kubeconfig);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        exchange.getRequestBody().readAllBytes();
        String body;
        if (path.contains("watch=")) {
            body = "{\"type\":\"ADDED\",\"object\":" + POD + "}\n";
        } else if (path.contains("/log")) {
            body = READY;
        } else if (path.contains("/deployments/")) {
            body = "{\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"web\"}}}}";
        } else if (path.contains("/pods")) {
            body = "{\"items\":[" + POD + "]}";
        } else {
            body = "{\"gitVersion\":\"v1\"}";
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static SSLContext context(SessionIdentity identity)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = new char[0];
        store.setKeyEntry(
                "training", identity.key(), password, new Certificate[] {identity.certificate()});
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
