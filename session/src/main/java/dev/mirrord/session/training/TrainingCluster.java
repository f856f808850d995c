package dev.mirrord.session.training;

import dev.mirrord.protocol.tls.SessionIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Stands in for the API server: one deployment with one pod, and an agent that is ready. */
final class TrainingCluster extends TrainingServer {
    private static final String POD =
            """
            {"metadata":{"name":"web-1","namespace":"default","uid":"1"},\
            "spec":{"nodeName":"node","containers":[{"name":"web","image":"i","ports":[{"containerPort":80}]}]},\
            "status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],"containerStatuses":[{"name":"web","ready":true,\
            "containerID":"containerd://1","state":{"running":{}}}],\
            "conditions":[{"type":"Ready","status":"True"}]}}\
            """;
    private static final String READY =
            "{\"mirrord\":\"ready\",\"protocol\":1,\"port\":1,\"certificateSha256\":\"%s\"}\n"
                    .formatted("0".repeat(64));
    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: (\\S+)");
    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** One byte from the pod: a binary WebSocket frame with a SPDY frame of stream 3. */
    private static final byte[] FIRST_BYTE = {(byte) 0x82, 9, 0, 0, 0, 3, 0, 0, 0, 1, 'x'};

    private final SessionIdentity identity = SessionIdentity.generate("training");
    private final SSLServerSocket listener;

    TrainingCluster() throws IOException, GeneralSecurityException {
        listener =
                (SSLServerSocket)
                        context()
                                .getServerSocketFactory()
                                .createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** The text of a kubeconfig for this cluster. */
    String kubeconfig() {
        String pem = identity.toPem();
        String certificate =
                pem.substring(
                        pem.indexOf("-----BEGIN CERTIFICATE"),
                        pem.indexOf("-----END CERTIFICATE-----")
                                + "-----END CERTIFICATE-----".length());
        Base64.Encoder encoder = Base64.getEncoder();
        return """
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
          user: {client-certificate-data: %s, client-key-data: %s}
        """
                .formatted(
                        listener.getLocalPort(),
                        encoder.encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)),
                        encoder.encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                var in = client.getInputStream();
                var out = client.getOutputStream();
                Thread.ofPlatform().daemon().start(() -> serve(in, out));
            }
        } catch (IOException closed) {
            // by close()
        }
    }

    @Override
    String answer(String method, String path, String body) {
        if (path.contains("watch=")) {
            return "{\"type\":\"ADDED\",\"object\":" + POD + "}\n";
        }
        if (path.contains("/log")) {
            return READY;
        }
        if (path.contains("/deployments/")) {
            return "{\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"web\"}}}}";
        }
        if (path.contains("/pods")) {
            return "{\"items\":[" + POD + "]}";
        }
        return "{\"gitVersion\":\"v1\"}";
    }

    /** Accepts a port-forward, sends one byte, and then only listens. */
    @Override
    void upgrade(String head, InputStream in, OutputStream out) throws IOException {
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            return;
        }
        out.write(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: "
                                + accepted(key.group(1))
                                + "\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        out.write(FIRST_BYTE);
        out.flush();
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static String accepted(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + WEBSOCKET).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
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

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
