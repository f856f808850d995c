package dev.mirrord.agent.datagram;

import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.tunnel.QueueRoom;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one client sends to one port of the target, message by message.
 *
 * <pre>
 *   opened --ACCEPT--&gt; the app's --END, RESET--&gt; over
 *      '----REFUSE, RESET--&gt; over; what was sent so far is given back
 * </pre>
 *
 * {@link #send} and {@link #end} may be called on any thread; the rest happens on the tunnel's
 * event loop.
 */
public final class DatagramStream extends DeafListener {
    /** Of headers and objects. */
    private static final int OVERHEAD = 256;

    private static final int MOST_GIVEN_BACK = 64;

    private final Tunnel tunnel;
    private final Losses losses;
    private final QueueRoom room;
    private final Owner owner;
    private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final Queue<ByteBuf> undecided = new ArrayDeque<>();
    private volatile boolean over;
    private volatile boolean ended;
    private volatile boolean refused;
    private boolean decided;
    private @Nullable TunnelStream stream;

    /** Hears what comes back, on the tunnel's event loop if nothing else is said. */
    public interface Owner {
        /** A datagram of the app for the client; released after the call. */
        void answered(ByteBuf datagram);

        /**
         * The app does not take this client's datagrams. Called again, on any thread, for what was
         * sent before this was known.
         *
         * @param sent what was sent, released after the call
         */
        void refused(List<ByteBuf> sent);

        /** The app, or the way to it, has gone. */
        void over(int errno);
    }

    private DatagramStream(
            Tunnel tunnel, IncomingMode mode, Losses losses, QueueRoom room, Owner owner) {
        this.tunnel = tunnel;
        // Nobody wants a copy back.
        this.decided = mode == IncomingMode.MIRROR;
        this.losses = losses;
        this.room = room;
        this.owner = owner;
    }

    /** Opens it. */
    public static DatagramStream open(
            Tunnel tunnel,
            IncomingMode mode,
            Client client,
            Losses losses,
            QueueRoom room,
            Owner owner) {
        DatagramStream opened = new DatagramStream(tunnel, mode, losses, room, owner);
        ByteBuf payload = Unpooled.buffer(64);
        payload.writeByte(mode.code()).writeShort(client.destination().getPort());
        AddressCodec.write(payload, client.peer());
        AddressCodec.write(payload, client.destination());
        tunnel.eventLoop()
                .execute(
                        () ->
                                opened.stream =
                                        tunnel.open(StreamKind.INCOMING_UDP, payload, opened));
        return opened;
    }

    /** True when nothing more can be sent. */
    public boolean isOver() {
        return over;
    }

    /** Sends a datagram, gives it back, or counts it as lost; ownership passes. */
    public void send(ByteBuf datagram) {
        if (refused) {
            owner.refused(List.of(datagram));
            datagram.release();
            return;
        }
        if (over || ended || !room.take(datagram.readableBytes() + OVERHEAD)) {
            losses.add(Losses.Kind.DATAGRAMS, 1);
            datagram.release();
            return;
        }
        queue.add(datagram);
        schedule();
    }

    /** Nothing more is sent, and nothing more is wanted. */
    public void end() {
        ended = true;
        schedule();
    }

    private void schedule() {
        if (drainScheduled.compareAndSet(false, true)) {
            tunnel.eventLoop()
                    .execute(
                            () -> {
                                drainScheduled.set(false);
                                drain();
                            });
        }
    }

    private void drain() {
        TunnelStream to = stream;
        if (to == null || to.isClosed()) {
            discard();
            return;
        }
        while (to.isWritable()) {
            ByteBuf next = queue.poll();
            if (next == null) {
                break;
            }
            room.giveBack(next.readableBytes() + OVERHEAD);
            remember(next);
            to.writeMessage(next);
        }
        if (ended && queue.isEmpty()) {
            over = true;
            forget();
            to.reset(0);
        }
    }

    private void remember(ByteBuf sent) {
        if (!decided && undecided.size() < MOST_GIVEN_BACK) {
            undecided.add(sent.retainedDuplicate());
        }
    }

    private void forget() {
        decided = true;
        for (ByteBuf each = undecided.poll(); each != null; each = undecided.poll()) {
            each.release();
        }
    }

    private void discard() {
        over = true;
        for (ByteBuf each = queue.poll(); each != null; each = queue.poll()) {
            room.giveBack(each.readableBytes() + OVERHEAD);
            if (refused) {
                owner.refused(List.of(each));
            } else {
                losses.add(Losses.Kind.DATAGRAMS, 1);
            }
            each.release();
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        drain();
    }

    @Override
    public void onAccept(TunnelStream from, ByteBuf payload) {
        forget();
    }

    @Override
    public void onData(TunnelStream from, ByteBuf datagram) {
        from.consumed(datagram.readableBytes());
        owner.answered(datagram);
        datagram.release();
    }

    @Override
    public void onRefuse(TunnelStream from, int errno, String text) {
        giveBack();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        boolean accepted = decided;
        giveBack();
        if (accepted) {
            owner.over(errno);
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.reset(0);
        forget();
        discard();
        owner.over(Errno.ECONNRESET);
    }

    private void giveBack() {
        over = true;
        if (!decided) {
            decided = true;
            refused = true;
            for (ByteBuf each = queue.poll(); each != null; each = queue.poll()) {
                room.giveBack(each.readableBytes() + OVERHEAD);
                undecided.add(each);
            }
            List<ByteBuf> sent = new ArrayList<>(undecided);
            undecided.clear();
            owner.refused(sent);
            sent.forEach(ByteBuf::release);
        }
        discard();
    }
}
