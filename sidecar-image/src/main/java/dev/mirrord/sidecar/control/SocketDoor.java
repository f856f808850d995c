package dev.mirrord.sidecar.control;

import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.SidecarFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
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
        open(path, true, channel -> converse(channel, accepted));
    }

    /**
     * Takes up the conversation that PID 1 has begun.
     *
     * @param descriptor of a connected stream socket
     */
    public static void adoptControl(int descriptor, Function<Control, ControlListener> accepted) {
        Channel channel = new EpollDomainSocketChannel(descriptor);
        channel.pipeline().addLast(first(taken -> converse(taken, accepted)));
        EventLoops.group().register(channel);
    }

    private static void converse(Channel channel, Function<Control, ControlListener> accepted) {
        Control control = new Control(channel);
        control.listen(accepted.apply(control));
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
                    .childHandler(first(accepted))
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

    private static ChannelHandler first(Consumer<Channel> accepted) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                accepted.accept(channel);
            }
        };
    }
}
