package dev.mirrord.sidecar.control;

import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.SidecarFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.function.Function;

/** The unix sockets to which {@code relay} connects. */
public final class SocketDoor {
    private SocketDoor() {}

    /** Takes conversations with the CLI. */
    public static void openControl(Path path, Function<Control, ControlListener> accepted) {
        open(
                path,
                true,
                channel -> {
                    Control control = new Control(channel);
                    control.listen(accepted.apply(control));
                });
    }

    /**
     * Takes up the conversation that PID 1 has begun.
     *
     * @param descriptor of a connected stream socket
     */
    public static void adoptControl(int descriptor, Function<Control, ControlListener> accepted) {
        EpollDomainSocketChannel channel = new EpollDomainSocketChannel(descriptor);
        Control control = new Control(channel);
        channel.pipeline()
                .addLast(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel same) {
                                control.listen(accepted.apply(control));
                            }
                        });
        EventLoops.group().register(channel);
    }

    /** Takes connections that become tunnels; they are not read until somebody wants them. */
    public static void openTunnels(Path path, Consumer<Channel> accepted) {
        open(path, false, accepted);
    }

    private static void open(Path path, boolean read, Consumer<Channel> accepted) {
        try {
            Files.createDirectories(path.getParent());
            Files.deleteIfExists(path);
            new ServerBootstrap()
                    .group(EventLoops.group())
                    .channel(EpollServerDomainSocketChannel.class)
                    .childOption(ChannelOption.AUTO_READ, read)
                    .childHandler(
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    accepted.accept(channel);
                                }
                            })
                    .bind(new DomainSocketAddress(path.toFile()))
                    .sync();
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new SidecarFailure("the sidecar cannot open " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SidecarFailure("the start was interrupted", e);
        }
    }
}
