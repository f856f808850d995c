package dev.mirrord.sidecar.launcher;

import dev.mirrord.config.environment.Operation;
import dev.mirrord.config.files.FileEngine;
import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All launchers of the session, under one lock; nothing here is hot.
 *
 * <pre>
 *   waiting --context()--&gt; released        abort(): every launcher that waits gets ABORT
 *        '----abort()----&gt; refused         end():   every launcher that keeps an app gets END
 * </pre>
 */
public final class Launchers {
    private final LaunchersListener listener;
    private final Map<Channel, LauncherRole> connected = new HashMap<>();
    private State state = new State.Waiting();
    private @Nullable GivenFiles files;
    private boolean volumes;

    private sealed interface State {
        record Waiting() implements State {}

        record Released(List<Operation> operations) implements State {}

        record Refused(int exitCode, String text) implements State {}

        record Ended(String text) implements State {}
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record GivenFiles(FileEngine engine, byte[] policy, List<FileDescriptor> trees) {}

    public Launchers(LaunchersListener listener) {
        this.listener = listener;
    }

    /** Opens the socket; anybody in the app container may connect. */
    public void open(Path socket) {
        try {
            Files.deleteIfExists(socket);
            new ServerBootstrap()
                    .group(EventLoops.group())
                    .channel(EpollServerDomainSocketChannel.class)
                    .childHandler(
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline().addLast(new HelloDecoder(), new Launcher());
                                }
                            })
                    .bind(new DomainSocketAddress(socket.toFile()))
                    .sync();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar cannot open " + socket + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SidecarFailure("the start was interrupted", e);
        }
    }

    /**
     * Launchers that go on from now serve the target's files.
     *
     * @param trees one descriptor, or two: the second is for what may be changed. They stay open.
     */
    public synchronized void files(FileEngine engine, byte[] policy, int... trees) {
        files =
                new GivenFiles(
                        engine,
                        policy,
                        Arrays.stream(trees).mapToObj(FileDescriptor::new).toList());
    }

    /** They serve what else a policy gives to the target: unix sockets. */
    public synchronized void withoutFiles(FileEngine engine, byte[] policy) {
        files = new GivenFiles(engine, policy, List.of());
    }

    /** Launchers of an app's container that go on from now have volumes mounted in it. */
    public synchronized void withVolumes() {
        volumes = true;
    }

    /** Lets all launchers go on, those that come later too. */
    public synchronized void context(List<Operation> operations) {
        if (state instanceof State.Waiting) {
            state = new State.Released(List.copyOf(operations));
            connected.forEach(this::answer);
        }
    }

    /** Nothing is started. */
    public synchronized void abort(int exitCode, String text) {
        if (state instanceof State.Waiting) {
            state = new State.Refused(exitCode, text);
            connected.forEach(this::answer);
        }
    }

    /** The session is over. */
    public synchronized void end(String text) {
        switch (state) {
            case State.Waiting() -> abort(125, text);
            case State.Released(List<Operation> operations) -> {
                state = new State.Ended(text);
                connected.forEach(this::answer);
            }
            case State.Refused refused -> {}
            case State.Ended ended -> {}
        }
    }

    /** Launchers that keep an app or wait. */
    public synchronized int count() {
        return connected.size();
    }

    private synchronized void joined(Channel channel, HelloDecoder.Hello hello) {
        connected.put(channel, hello.role());
        Log.line("launcher", "role", hello.role(), "pid", hello.pid(), "program", hello.program());
        listener.onLauncher(hello.role(), hello.pid());
        answer(channel, hello.role());
    }

    private synchronized void left(Channel channel) {
        LauncherRole role = connected.remove(channel);
        if (role == LauncherRole.MAIN || role == LauncherRole.REJOIN) {
            long rest =
                    connected.values().stream().filter(each -> each != LauncherRole.RUN).count();
            Log.line("launcher gone", "remaining", rest);
            listener.onGone((int) rest);
        }
    }

    private void answer(Channel channel, LauncherRole role) {
        if (files != null && state instanceof State.Released) {
            List<FileDescriptor> trees = files.trees();
            channel.write(LauncherMessages.files(files.engine(), files.policy(), trees.size()));
            if (trees.isEmpty()) {
                channel.write(LauncherMessages.noTree());
            }
            trees.forEach(channel::write);
        }
        if (volumes && role != LauncherRole.RUN && state instanceof State.Released) {
            channel.write(LauncherMessages.volumes());
        }
        ByteBuf message =
                switch (state) {
                    case State.Waiting() -> null;
                    case State.Released(List<Operation> operations) ->
                            LauncherMessages.context(
                                    role == LauncherRole.REJOIN ? List.of() : operations);
                    case State.Refused(int exitCode, String text) ->
                            LauncherMessages.abort(exitCode, text);
                    case State.Ended(String text) -> LauncherMessages.end(text);
                };
        send(channel, message);
    }

    private static void send(Channel channel, @Nullable ByteBuf message) {
        if (message != null) {
            channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private final class Launcher extends SimpleChannelInboundHandler<HelloDecoder.Hello> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, HelloDecoder.Hello hello) {
            joined(context.channel(), hello);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            left(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            Log.line("launcher refused", "why", error.getMessage());
            context.close();
        }
    }
}
