package dev.mirrord.session.kubernetes.tunnel;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Listens on a unix socket and joins each connection with a forward of its own. The socket carries
 * ciphertext only; it is open to every user since the sidecar's user on this machine's side is not
 * known, its directory's parent is the user's alone.
 */
public final class RelayServer implements AutoCloseable {

    private final Channel listener;
    private final Path socket;

    private RelayServer(Channel listener, Path socket) {
        this.listener = listener;
        this.socket = socket;
    }

    /**
     * @param directory an existing directory of the user's alone (0700); {@code name} is made in it
     *     with mode 0755
     * @param file the socket that is made therein, with mode 0666
     * @param forwards opens the forward of a new connection, which runs on the given loop
     * @param failed told why a connection could not be joined or was lost
     */
    public static RelayServer listen(
            Path directory,
            String name,
            String file,
            EventLoopGroup loops,
            Function<EventLoop, CompletableFuture<PortForwardChannel>> forwards,
            Consumer<Throwable> failed) {
        Path socket = directory.resolve(name).resolve(file);
        try {
            Path mounted = Files.createDirectories(directory.resolve(name));
            permit(mounted, "rwxr-xr-x");
            Files.deleteIfExists(socket);
            Channel listener =
                    new ServerBootstrap()
                            .group(loops)
                            .channel(NioServerDomainSocketChannel.class)
                            .childOption(ChannelOption.AUTO_READ, false)
                            .childOption(
                                    ChannelOption.WRITE_BUFFER_WATER_MARK,
                                    new WriteBufferWaterMark(128 * 1024, 256 * 1024))
                            .childHandler(
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel local) {
                                            accept(local, forwards, failed);
                                        }
                                    })
                            .bind(UnixDomainSocketAddress.of(socket))
                            .sync()
                            .channel();
            permit(socket, "rw-rw-rw-");
            return new RelayServer(listener, socket);
        } catch (IOException failure) {
            throw failure(socket, failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw failure(socket, failure);
        }
    }

    private static void permit(Path path, String mode) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        }
    }

    private static ClusterFailure failure(Path socket, Exception cause) {
        return new ClusterFailure(
                Kind.UNEXPECTED, "cannot listen on " + socket, String.valueOf(cause), "", cause);
    }

    private static void accept(
            Channel local,
            Function<EventLoop, CompletableFuture<PortForwardChannel>> forwards,
            Consumer<Throwable> failed) {
        forwards.apply(local.eventLoop())
                .whenComplete(
                        (forward, failure) -> {
                            if (forward == null) {
                                local.close();
                                failed.accept(failure);
                                return;
                            }
                            forward.closed()
                                    .whenComplete(
                                            (done, lost) -> {
                                                if (lost != null) {
                                                    failed.accept(lost);
                                                }
                                            });
                            local.eventLoop().execute(() -> forward.join(local));
                        });
    }

    public Path socket() {
        return socket;
    }

    /** Stops listening and removes the socket; joined connections go on. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException leftToTheDirectory) {
            // whoever removes the session's directory removes it too
        }
    }
}
