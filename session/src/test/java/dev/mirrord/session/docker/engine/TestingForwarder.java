package dev.mirrord.session.docker.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The local engine's socket, under a TCP address of the loopback. */
final class TestingForwarder implements AutoCloseable {

    private static final Path ENGINE = Path.of("/var/run/docker.sock");

    private final ServerSocket server;

    TestingForwarder(ServerSocket server) {
        this.server = server;
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> join(client));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static void join(Socket client) {
        try (client;
                SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(ENGINE))) {
            InputStream fromClient = client.getInputStream();
            OutputStream toEngine = Channels.newOutputStream(engine);
            Thread.ofVirtual().start(() -> copy(fromClient, toEngine));
            copy(Channels.newInputStream(engine), client.getOutputStream());
        } catch (IOException gone) {
            return;
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        byte[] buffer = new byte[8192];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                to.write(buffer, 0, count);
                to.flush();
            }
        } catch (IOException gone) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
