package dev.mirrord.session.docker.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A socket in a folder of the user's own, each connection to which is the engine's API: joined with
 * the streams of one {@code docker system dial-stdio}, as docker itself does over ssh.
 */
final class DialBridge implements Bridge {

    private final DockerCli cli;
    private final Path directory;
    private final ServerSocketChannel server;
    private final Set<Process> dials = ConcurrentHashMap.newKeySet();
    private volatile String lastError = "";

    private DialBridge(DockerCli cli, Path directory, ServerSocketChannel server) {
        this.cli = cli;
        this.directory = directory;
        this.server = server;
    }

    static DialBridge open(DockerCli cli) {
        try {
            Path directory = Files.createTempDirectory("mirrord-engine"); // mode 0700
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(directory.resolve("sock")));
            DialBridge bridge = new DialBridge(cli, directory, server);
            Thread.ofPlatform().daemon().name("engine bridge").start(bridge::accept);
            return bridge;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot open a socket for the engine", failure);
        }
    }

    @Override
    public Path socket() {
        return directory.resolve("sock");
    }

    @Override
    public String lastError() {
        return lastError;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread.ofPlatform().daemon().name("engine dial").start(() -> join(channel));
            }
        } catch (IOException closed) {
            dials.forEach(Process::destroy);
        }
    }

    private void join(SocketChannel channel) {
        Process dial = cli.start(new ProcessBuilder(cli.line("system", "dial-stdio")));
        dials.add(dial);
        TailReader errors = TailReader.of(dial.getErrorStream());
        Thread.ofPlatform()
                .daemon()
                .name("engine dial input")
                .start(() -> copy(Channels.newInputStream(channel), dial.getOutputStream()));
        try (channel) {
            copy(dial.getInputStream(), Channels.newOutputStream(channel));
            String text = errors.complete();
            lastError = text.isEmpty() ? lastError : text;
        } catch (IOException | InterruptedException gone) {
            lastError = errors.text();
        } finally {
            dial.destroy();
            dials.remove(dial);
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        byte[] buffer = new byte[16 * 1024];
        try (to) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                to.write(buffer, 0, count);
                to.flush();
            }
        } catch (IOException gone) {
            return; // either end may go first
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            dials.forEach(Process::destroy);
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot remove " + directory, failure);
        }
    }
}
