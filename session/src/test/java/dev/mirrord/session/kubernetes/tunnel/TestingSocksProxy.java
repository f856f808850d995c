package dev.mirrord.session.kubernetes.tunnel;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A SOCKS 5 proxy without authentication, RFC 1928. */
final class TestingSocksProxy extends TestingServer {

    TestingSocksProxy() throws IOException {
        super(null);
    }

    @Override
    void serve(Socket client) throws Exception {
        DataInputStream in = new DataInputStream(client.getInputStream());
        in.readByte();
        in.readFully(new byte[in.readUnsignedByte()]);
        client.getOutputStream().write(new byte[] {5, 0});
        in.readFully(new byte[3]);
        byte[] address = new byte[0];
        String host =
                switch (in.readByte()) {
                    case 1 -> {
                        address = new byte[4];
                        in.readFully(address);
                        yield InetAddress.getByAddress(address).getHostAddress();
                    }
                    case 3 -> {
                        address = new byte[in.readUnsignedByte()];
                        in.readFully(address);
                        yield new String(address, StandardCharsets.US_ASCII);
                    }
                    default -> throw new IOException("unknown kind of address");
                };
        try (Socket server = new Socket(host, in.readUnsignedShort())) {
            client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            pipe(client, server);
        }
    }
}
