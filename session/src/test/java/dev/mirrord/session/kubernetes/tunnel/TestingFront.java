package dev.mirrord.session.kubernetes.tunnel;

import dev.mirrord.session.kubernetes.KubeconfigText;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * Stands before the API server as a platform's gateway does: ends TLS with its own certificate,
 * changes each request's head and sends it on. One request a connection, or one upgrade.
 */
final class TestingFront extends TestingServer {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]+)");

    private final SSLContext toServer;
    private final String host;
    private final int port;
    private final UnaryOperator<String> change;

    /**
     * @param change of the head; an empty text answers 401
     */
    TestingFront(
            TestingCertificate certificate,
            SSLContext toServer,
            String host,
            int port,
            UnaryOperator<String> change)
            throws IOException {
        super(certificate);
        this.toServer = toServer;
        this.host = host;
        this.port = port;
        this.change = change;
    }

    /** Before the test cluster, whose administrator it is where the head brings no other user. */
    static TestingFront before(TestingCertificate certificate, UnaryOperator<String> change)
            throws Exception {
        URI server = URI.create(new KubeconfigText("default").cluster.path("server").asText());
        return new TestingFront(
                certificate, AdminTls.context(), server.getHost(), server.getPort(), change);
    }

    @Override
    void serve(Socket client) throws Exception {
        InputStream in = client.getInputStream();
        String head = head(in);
        boolean upgrade = head.toLowerCase().contains("connection: upgrade");
        String changed = change.apply(head);
        if (changed.isEmpty()) {
            client.getOutputStream()
                    .write(
                            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return;
        }
        try (Socket server = toServer.getSocketFactory().createSocket(host, port)) {
            String sent =
                    upgrade ? changed : changed.replaceFirst("\r\n", "\r\nConnection: close\r\n");
            server.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            Matcher length = LENGTH.matcher(head);
            if (length.find()) {
                server.getOutputStream().write(in.readNBytes(Integer.parseInt(length.group(1))));
            }
            server.getOutputStream().flush();
            if (upgrade) {
                pipe(client, server);
            } else {
                server.getInputStream().transferTo(client.getOutputStream());
            }
        }
    }
}
