package dev.mirrord.sidecar.outgoing;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.UnixOpen;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.PacketBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connect(2) of the app to a unix socket of the target. Belongs to the event loop of its
 * stream.
 *
 * <pre>
 *   asked --ACCEPT--&gt; granted: the asker has a token --the app's socket came--&gt; joined
 *     |                  '--nobody came for 10 s--&gt; over
 *     '--REFUSE, the asker went--&gt; over
 * </pre>
 */
final class UnixConnect implements StreamListener {
    private static final int JOIN_SECONDS = 10;

    private final UnixDoor door;
    private final Channel asking;
    private final UnixOpen wanted;
    private final EarlyData early = new EarlyData();
    private volatile @Nullable TunnelStream stream;
    private boolean answered;
    private boolean askerGone;

    UnixConnect(UnixDoor door, Channel asking, UnixOpen wanted) {
        this.door = door;
        this.asking = asking;
        this.wanted = wanted;
    }

    void start(Tunnel tunnel) {
        stream =
                tunnel.open(
                        StreamKind.UNIX,
                        wanted.write(ByteBufAllocator.DEFAULT.buffer(3 + wanted.path().length)),
                        this);
    }

    /** There is no tunnel at the moment. */
    void unreachable() {
        answer(Errno.ECONNREFUSED, 0);
    }

    /** Nobody waits for the answer; any thread. */
    void askerGone() {
        TunnelStream opened = stream;
        if (opened != null) {
            opened.eventLoop()
                    .execute(
                            () -> {
                                askerGone = true;
                                if (!answered) {
                                    answered = true;
                                    opened.reset(Errno.ECONNRESET);
                                }
                            });
        }
    }

    @Override
    public void onAccept(TunnelStream accepted, ByteBuf payload) {
        long token = door.grant(this);
        answer(0, token);
        accepted.eventLoop()
                .schedule(() -> giveUp(accepted, token), JOIN_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onRefuse(TunnelStream refused, int errno, String text) {
        answer(errno, 0);
    }

    private void answer(int errno, long token) {
        if (!answered && !askerGone) {
            answered = true;
            asking.writeAndFlush(asking.alloc().buffer(10).writeShort(errno).writeLong(token))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The app's own socket has come; any thread. */
    void accepted(EpollDomainSocketChannel channel) {
        TunnelStream opened = stream;
        if (opened == null) {
            channel.unsafe().closeForcibly();
            return;
        }
        Joining.register(
                channel,
                opened,
                () ->
                        early.replay(
                                opened,
                                wanted.type() == UnixOpen.PACKETS
                                        ? PacketBridge.join(channel, opened)
                                        : ChannelBridge.join(channel, opened)));
    }

    /** Who has come has taken the token with it. */
    private void giveUp(TunnelStream accepted, long token) {
        if (door.withdraw(token)) {
            early.release();
            accepted.reset(Errno.ECONNRESET);
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf data) {
        early.add(data);
    }

    @Override
    public void onEnd(TunnelStream from) {
        early.end();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        // The tunnel was lost: connect(2) of a unix socket knows no better word.
        answer(Errno.ECONNREFUSED, 0);
        early.release();
    }
}
