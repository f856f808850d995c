package dev.mirrord.it.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.agent.files.FilesStream;
import dev.mirrord.agent.outgoing.OutgoingUnix;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.namespace.NetworkNamespace;
import dev.mirrord.protocol.SteadyEpoll;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.sidecar.files.TargetFiles;
import dev.mirrord.sidecar.files.TargetView;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree as a target's root, an agent's end and a sidecar's end in this process, and the
 * mount.
 */
final class MountedTarget implements AutoCloseable {
    /** The target's root, as the machine sees it. */
    final Path root;

    /** The same, through the mount. */
    final Path mount;

    final BlockingQueue<String> notices = new LinkedBlockingQueue<>();

    private final List<String> inside = new ArrayList<>();
    private final Path directory;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, SteadyEpoll.newFactory());
    private final Channel server;
    private final int delayMillis;
    private final TargetFiles files;
    private volatile @Nullable Tunnel tunnel;

    MountedTarget() throws Exception {
        this(0, 0, 0);
    }

    /**
     * @param delayMillis of each direction
     */
    MountedTarget(int uid, int gid, int delayMillis) throws Exception {
        this.delayMillis = delayMillis;
        directory = Files.createTempDirectory("mirrord-files");
        root = Files.createDirectory(directory.resolve("tree"));
        mount = directory.resolve("mount");
        Path process = Files.createDirectory(directory.resolve("process"));
        Files.createSymbolicLink(process.resolve("root"), root);
        Files.writeString(
                process.resolve("status"),
                "Name:\tapp\nUid:\t%1$d\t%1$d\t%1$d\t%1$d\nGid:\t%2$d\t%2$d\t%2$d\t%2$d\n"
                                .formatted(uid, gid)
                        + "Groups:\t\nCapEff:\t"
                        + (uid == 0 ? "00000000a80425fb" : "0000000000000000")
                        + "\n");
        Target target =
                new Target(
                        process, OptionalLong.of(1), NetworkNamespace.own(), Optional.of("test"));
        server = serve(target);
        connect();
        files =
                TargetFiles.mount(
                        mount,
                        () -> Optional.ofNullable(tunnel).filter(Tunnel::isReady),
                        notices::add);
    }

    /** Another file system of the target's, in memory. */
    void mountInside(String name, String options) throws Exception {
        String script = "mount -t tmpfs -o %s mirrord-test '%s'".formatted(options, name);
        String said = Shell.in(root, script);
        if (!said.isEmpty()) {
            throw new IllegalStateException(said);
        }
        inside.add(name);
    }

    TargetView view() {
        return files.view();
    }

    Optional<Tunnel> tunnel() {
        return Optional.ofNullable(tunnel).filter(Tunnel::isReady);
    }

    private Channel serve(Target target) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                delay(channel);
                                Tunnel.ofAgent(
                                                new Life(new CompletableFuture<>()),
                                                (stream, kind, payload) -> {
                                                    try {
                                                        return kind == StreamKind.UNIX
                                                                ? OutgoingUnix.open(
                                                                        stream, payload, target)
                                                                : FilesStream.open(stream, target);
                                                    } catch (IOException e) {
                                                        throw new UncheckedIOException(e);
                                                    }
                                                })
                                        .install(channel.pipeline());
                            }
                        })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    /** Connects sidecar and agent, again after {@link #disconnect}. */
    void connect() throws Exception {
        CompletableFuture<Tunnel> ready = new CompletableFuture<>();
        new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                delay(channel);
                                Tunnel.ofSidecar(
                                                new Life(ready),
                                                (stream, kind, payload) -> {
                                                    throw new IllegalStateException();
                                                })
                                        .install(channel.pipeline());
                            }
                        })
                .connect(server.localAddress())
                .sync();
        tunnel = ready.get(10, TimeUnit.SECONDS);
    }

    /** The agent is gone. */
    void disconnect() throws Exception {
        Tunnel lost = tunnel;
        if (lost != null) {
            lost.channel().close().sync();
        }
    }

    private void delay(Channel channel) {
        if (delayMillis == 0) {
            return;
        }
        channel.pipeline()
                .addLast(
                        new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void write(
                                    ChannelHandlerContext context,
                                    Object message,
                                    ChannelPromise promise) {
                                context.executor()
                                        .schedule(
                                                () -> context.writeAndFlush(message),
                                                delayMillis,
                                                TimeUnit.MILLISECONDS);
                            }
                        });
    }

    @Override
    public void close() throws Exception {
        files.close();
        server.close().sync();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        for (String name : inside) {
            Shell.in(root, "umount -l '%s'".formatted(name));
        }
        new ProcessBuilder("rm", "-rf", directory.toString()).inheritIO().start().waitFor();
    }

    private record Life(CompletableFuture<Tunnel> ready) implements TunnelListener {
        @Override
        public void onReady(Tunnel tunnel, JsonNode hello) {
            ready.complete(tunnel);
        }

        @Override
        public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
            ready.completeExceptionally(new IllegalStateException("closed", cause));
        }
    }

    /** Mounts until its input ends: {@code MountedTarget [delay milliseconds [uid]]}. */
    public static void main(String[] arguments) throws Exception {
        int delay = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        int uid = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        try (MountedTarget mounted = new MountedTarget(uid, uid, delay)) {
            System.out.println(mounted.root + " " + mounted.mount);
            System.in.read();
        }
    }
}
