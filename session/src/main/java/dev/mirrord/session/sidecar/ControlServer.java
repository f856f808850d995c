package dev.mirrord.session.sidecar;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A unix socket to which a sidecar comes: each process of its, once. The socket has to lie below a
 * directory that is the user's alone, since it has to be open to every user: the sidecar's is not
 * known.
 */
public final class ControlServer implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path socket;
    private final BlockingQueue<SocketChannel> arrived = new LinkedBlockingQueue<>();

    private ControlServer(ServerSocketChannel server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    public static ControlServer listen(Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + socket + ": " + e.getMessage(), e);
        }
        ControlServer control = new ControlServer(server, socket);
        Thread.ofPlatform().daemon().name("sidecar-arrivals").start(control::accept);
        return control;
    }

    /** The next process of the sidecar's; empty when none comes in time. */
    public Optional<Arrival> await(long milliseconds) {
        try {
            return Optional.ofNullable(arrived.poll(milliseconds, TimeUnit.MILLISECONDS))
                    .map(Arrival::new);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A sidecar's connection. */
    public record Arrival(SocketChannel channel) {
        public SidecarControl start(ControlListener listener) {
            return SidecarControl.start(
                    Channels.newInputStream(channel),
                    Channels.newOutputStream(channel),
                    listener,
                    () -> shut(channel));
        }
    }

    /** Whoever has arrived already can still be had. */
    @Override
    public void close() {
        shut(server);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // Whoever removes the session's directory removes it too.
        }
    }

    private void accept() {
        try {
            while (true) {
                arrived.add(server.accept());
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void shut(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            // It is over either way.
        }
    }
}
