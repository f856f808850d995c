package dev.mirrord.session.kubernetes.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy that knows CONNECT only; with a certificate it is an https:// one. */
final class TestingConnectProxy extends TestingServer {

    private final String wantedAuthorization;

    TestingConnectProxy(@Nullable TestingCertificate certificate, String wantedAuthorization)
            throws IOException {
        super(certificate);
        this.wantedAuthorization = wantedAuthorization;
    }

    @Override
    void serve(Socket client) throws Exception {
        String head = head(client.getInputStream());
        if (!wantedAuthorization.isEmpty()
                && !head.toLowerCase()
                        .contains(("proxy-authorization: " + wantedAuthorization).toLowerCase())) {
            answer(client, "407 Proxy Authentication Required");
            return;
        }
        String authority = head.split(" ")[1];
        int colon = authority.lastIndexOf(':');
        try (Socket server =
                new Socket(
                        authority.substring(0, colon),
                        Integer.parseInt(authority.substring(colon + 1)))) {
            answer(client, "200 Connection established");
            pipe(client, server);
        }
    }

    private static void answer(Socket client, String status) throws IOException {
        client.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
