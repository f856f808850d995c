package dev.mirrord.sidecar.outgoing;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters.Counter;
import dev.mirrord.sidecar.capture.Flow;
import dev.mirrord.sidecar.capture.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connect(2) of the app. Belongs to the event loop of its stream.
 *
 * <pre>
 *   asked --ACCEPT--&gt; let go --accepted by our listener--&gt; joined: ChannelBridge has it
 *     |                  '--nobody came for 10 s--&gt; over
 *     '--REFUSE--&gt; answered with its errno; a time-out stays silent until the app gives up, a
 *                   reset of what was connected for a moment is one for the app too
 * </pre>
 */
final class HeldConnect implements StreamListener {
    private static final int SILENCE_SECONDS = 130;
    private static final int ACCEPT_SECONDS = 10;

    private final Flow flow;
    private final Verdict verdict;
    private final HeldConnects all;
    private final EarlyData early = new EarlyData();
    private @Nullable TunnelStream stream;
    private boolean answered;
    private boolean joined;
    private volatile boolean resetByPeer;

    HeldConnect(Flow flow, Verdict verdict, HeldConnects all) {
        this.flow = flow;
        this.verdict = verdict;
        this.all = all;
    }

    /** Asks the agent; on the tunnel's event loop. */
    void start(Tunnel tunnel) {
        ByteBuf payload = ByteBufAllocator.DEFAULT.buffer(19);
        AddressCodec.write(payload, flow.destination());
        stream = tunnel.open(StreamKind.TCP, payload, this);
    }

    /** The app's connection has come; any thread. */
    void accepted(EpollSocketChannel channel) {
        TunnelStream opened = stream;
        if (opened == null) {
            channel.unsafe().closeForcibly();
            return;
        }
        if (resetByPeer) {
            TransparentListener.reset(channel);
            return;
        }
        Joining.register(
                channel,
                opened,
                () -> {
                    joined = true;
                    early.replay(opened, ChannelBridge.join(channel, opened));
                });
    }

    @Override
    public void onAccept(TunnelStream accepted, ByteBuf payload) {
        answered = true;
        all.count(Counter.OUTGOING_TCP);
        verdict.capture();
        accepted.eventLoop().schedule(() -> giveUp(accepted), ACCEPT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onRefuse(TunnelStream refused, int errno, String text) {
        all.count(Counter.OUTGOING_REFUSED);
        answer(refused, errno);
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
        if (!answered) {
            // The tunnel was lost: the app's next SYN is asked anew.
            answered = true;
            verdict.drop();
            all.askAgain(flow, this);
        } else if (!joined) {
            resetByPeer = true;
            early.release();
        }
    }

    private void answer(TunnelStream refused, int errno) {
        answered = true;
        if (errno == Errno.ETIMEDOUT) {
            verdict.drop();
            refused.eventLoop()
                    .schedule(() -> all.forget(flow, this), SILENCE_SECONDS, TimeUnit.SECONDS);
        } else if (errno == Errno.ECONNRESET) {
            resetByPeer = true;
            verdict.capture();
            refused.eventLoop()
                    .schedule(() -> all.forget(flow, this), ACCEPT_SECONDS, TimeUnit.SECONDS);
        } else {
            verdict.refuse(errno);
            all.forget(flow, this);
        }
    }

    private void giveUp(TunnelStream accepted) {
        if (!joined && all.forget(flow, this)) {
            early.release();
            accepted.reset(Errno.ECONNRESET);
        }
    }
}
