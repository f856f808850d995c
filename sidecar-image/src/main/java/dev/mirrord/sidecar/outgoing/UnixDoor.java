package dev.mirrord.sidecar.outgoing;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.Sockets;
import dev.mirrord.linux.socket.UnixSockets;
import dev.mirrord.protocol.UnixOpen;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import dev.mirrord.sidecar.control.WaitingRoom;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where the app's processes ask for unix sockets of the target (docs/protocol.md, section 2): one
 * socket to ask, and two to which the app's own sockets connect when that was granted.
 */
public final class UnixDoor {
    private static final int TOKEN = 8;
    private static final long TOKEN_MILLIS = 100;

    private final Supplier<Optional<Tunnel>> tunnels;
    private final Map<Long, UnixConnect> granted = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    public UnixDoor(Supplier<Optional<Tunnel>> tunnels) {
        this.tunnels = tunnels;
    }

    /** Opens the sockets; anybody in the app's container may connect. */
    public void open(Path directory) {
        try {
            ask(directory.resolve("ask"));
            join(directory.resolve("streams"), Sockets.SOCK_STREAM);
            join(directory.resolve("packets"), Sockets.SOCK_SEQPACKET);
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar cannot open its sockets for unix sockets of the target: "
                            + e.getMessage(),
                    e);
        }
    }

    private void ask(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        new ServerBootstrap()
                .group(EventLoops.group())
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(new UnixQuestion(UnixDoor.this));
                            }
                        })
                .bind(new DomainSocketAddress(socket.toFile()))
                .syncUninterruptibly();
        permit(socket);
    }

    private static void permit(Path socket) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /** Asks the agent; the answer goes to the channel. */
    UnixConnect connect(Channel asking, UnixOpen wanted) {
        UnixConnect connect = new UnixConnect(this, asking, wanted);
        tunnels.get()
                .ifPresentOrElse(
                        tunnel -> tunnel.eventLoop().execute(() -> connect.start(tunnel)),
                        connect::unreachable);
        return connect;
    }

    long grant(UnixConnect connect) {
        long token = random.nextLong();
        granted.put(token, connect);
        return token;
    }

    boolean withdraw(long token) {
        return granted.remove(token) != null;
    }

    private void join(Path socket, int type) throws IOException, ErrnoException {
        Files.deleteIfExists(socket);
        int listener = UnixSockets.listen(socket.toString(), type);
        permit(socket);
        UnixSockets.doNotBlock(listener);
        Thread.ofPlatform()
                .name("unix-" + socket.getFileName())
                .daemon()
                .start(new WaitingRoom(listener, this::take));
    }

    /** The token is there. */
    private void take(int fd) {
        try {
            Optional<UnixConnect> connect = granted(UnixSockets.receive(fd, TOKEN, TOKEN_MILLIS));
            if (connect.isEmpty()) {
                Log.line("unix socket without a token");
                Descriptors.close(fd);
                return;
            }
            UnixSockets.doNotBlock(fd);
            EpollDomainSocketChannel channel = new EpollDomainSocketChannel(fd);
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            channel.config().setAutoRead(false);
            connect.get().accepted(channel);
        } catch (ErrnoException e) {
            Descriptors.close(fd);
        }
    }

    private Optional<UnixConnect> granted(byte[] token) {
        return token.length == TOKEN
                ? Optional.ofNullable(granted.remove(ByteBuffer.wrap(token).getLong()))
                : Optional.empty();
    }
}
