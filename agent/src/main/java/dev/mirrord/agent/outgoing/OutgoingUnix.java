package dev.mirrord.agent.outgoing;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.files.TargetUser;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.FileUser;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.linux.socket.UnixSockets;
import dev.mirrord.protocol.UnixOpen;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.PacketBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A connection to a unix socket of the target while it is being made. A thread of its own becomes
 * the target's user, finds the socket in the target's root and connects to it by descriptor: a path
 * below /proc would not fit into an address, and links would lead out of the root.
 *
 * <pre>
 *   connecting --connected--&gt; ACCEPT, a bridge takes over
 *       |------failed------&gt; REFUSE with connect's errno
 *       '------RESET-------&gt; closed
 * </pre>
 */
public final class OutgoingUnix implements StreamListener {
    /** A listener whose queue is full answers no later. */
    private static final int PATIENCE_MILLIS = 10_000;

    private final TunnelStream stream;
    private final int type;
    private final List<ByteBuf> early = new ArrayList<>();
    private boolean ended;
    private boolean over;

    private OutgoingUnix(TunnelStream stream, int type) {
        this.stream = stream;
        this.type = type;
    }

    public static StreamListener open(TunnelStream stream, ByteBuf payload, Target target)
            throws IOException {
        UnixOpen wanted = UnixOpen.read(payload);
        OutgoingUnix outgoing = new OutgoingUnix(stream, wanted.type());
        if (target.pid().isEmpty()) {
            outgoing.over = true;
            stream.refuse(Errno.ECONNREFUSED, "there is no target whose sockets could be used");
            return outgoing;
        }
        FileUser user = TargetUser.of(target);
        String root = target.proc("root").toString();
        Thread.ofPlatform()
                .name("unix-connect")
                .daemon()
                .start(
                        () -> {
                            Result result = connect(user, root, wanted);
                            stream.eventLoop().execute(() -> outgoing.connected(result));
                        });
        return outgoing;
    }

    /**
     * @param fd or {@code -errno}
     */
    private record Result(int fd, String text) {
        static Result failed(int errno, String what) {
            return new Result(-errno, "%s: %s".formatted(what, Errno.name(errno)));
        }
    }

    /** On a thread that ends afterwards. */
    private static Result connect(FileUser user, String path, UnixOpen wanted) {
        int root =
                FileCalls.open(
                        path.getBytes(StandardCharsets.UTF_8),
                        OpenFlags.PATH | OpenFlags.DIRECTORY);
        if (root < 0) {
            return new Result(root, unreadable(path, -root));
        }
        int socket = -1;
        try {
            user.assumeToConnect();
            byte[] relative = Arrays.copyOfRange(wanted.path(), 1, wanted.path().length);
            socket = FileCalls.openInRoot(root, relative, OpenFlags.PATH, 0);
            if (socket < 0) {
                return Result.failed(-socket, "find the socket");
            }
            int fd = UnixSockets.connect("/proc/self/fd/" + socket, wanted.type(), PATIENCE_MILLIS);
            return fd < 0 ? Result.failed(-fd, "connect") : new Result(fd, "");
        } catch (ErrnoException e) {
            return new Result(
                    -Errno.EPERM,
                    "cannot be the target's user %d:%d (%s): the agent lacks the capability SETUID or SETGID"
                            .formatted(user.uid(), user.gid(), e.getMessage()));
        } finally {
            Descriptors.close(root);
            if (socket >= 0) {
                Descriptors.close(socket);
            }
        }
    }

    private static String unreadable(String path, int errno) {
        try {
            return Capabilities.own().whyUnreadable(path);
        } catch (IOException e) {
            return path + ": " + Errno.name(errno);
        }
    }

    private void connected(Result result) {
        if (result.fd() < 0) {
            if (!over) {
                over = true;
                releaseEarly();
                AgentLog.info("unix socket refused", "why", result.text());
                stream.refuse(-result.fd(), result.text());
            }
            return;
        }
        if (over) {
            Descriptors.close(result.fd());
            return;
        }
        EpollDomainSocketChannel channel = new EpollDomainSocketChannel(result.fd());
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.config().setAutoRead(false);
        stream.eventLoop()
                .register(channel)
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                join(channel);
                            } else {
                                stream.reset(Errno.ECONNRESET);
                            }
                        });
    }

    private void join(EpollDomainSocketChannel channel) {
        if (over) {
            channel.close();
            return;
        }
        stream.accept();
        StreamListener bridge =
                type == UnixOpen.PACKETS
                        ? PacketBridge.join(channel, stream)
                        : ChannelBridge.join(channel, stream);
        early.forEach(data -> bridge.onData(stream, data));
        early.clear();
        if (ended) {
            bridge.onEnd(stream);
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf data) {
        if (over) {
            data.release();
        } else {
            early.add(data);
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        ended = true;
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        over = true;
        releaseEarly();
    }

    private void releaseEarly() {
        early.forEach(ByteBuf::release);
        early.clear();
    }
}
