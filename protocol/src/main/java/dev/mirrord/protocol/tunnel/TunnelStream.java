package dev.mirrord.protocol.tunnel;

import dev.mirrord.protocol.StreamKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * One stream of a {@link Tunnel}; belongs to the tunnel's event loop.
 *
 * <pre>
 *   open --end() and onEnd--&gt; closed
 *     '----reset(), refuse(), onReset, onRefuse--&gt; closed
 * </pre>
 */
public final class TunnelStream {
    /** Bytes of DATA that each side may send before the other has consumed any. */
    static final int WINDOW = 1 << 20;

    /** What a window may grow to when its bytes are used up as fast as they come. */
    static final int LARGEST_WINDOW = 4 << 20;

    /**
     * A receiver that used up a whole window within this time is kept waiting by the window, not by
     * the app.
     */
    private static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /**
     * Stands in until the open listener has returned; onOpen returns at once, so nothing can arrive
     * here.
     */
    private static final StreamListener UNDECIDED = new DeafListener();

    private final Tunnel tunnel;
    private final int id;
    private final StreamKind kind;
    private StreamListener listener;
    private int sendWindow = WINDOW;
    private int consumed;
    private int receiveWindow = WINDOW;
    private int sinceGrowth;
    private long growthNanos = System.nanoTime();
    private boolean endSent;
    private boolean endReceived;
    private boolean closed;

    /**
     * What was said last: to the listener, or to who asked and got no. A tunnel may be clogged and
     * free again before its change is told, so the change itself is not enough.
     */
    private boolean saidWritable = true;

    TunnelStream(Tunnel tunnel, int id, StreamKind kind) {
        this(tunnel, id, kind, UNDECIDED);
    }

    TunnelStream(Tunnel tunnel, int id, StreamKind kind, StreamListener listener) {
        this.tunnel = tunnel;
        this.id = id;
        this.kind = kind;
        this.listener = listener;
    }

    public StreamKind kind() {
        return kind;
    }

    public Tunnel tunnel() {
        return tunnel;
    }

    public EventLoop eventLoop() {
        return tunnel.eventLoop();
    }

    /** Hands the stream to another listener, for example when the connection behind it is there. */
    public void listenWith(StreamListener next) {
        listener = next;
    }

    /** Accepts a stream that the far side opened; ownership of {@code payload} passes. */
    public void accept(ByteBuf payload) {
        if (closed) {
            payload.release();
            return;
        }
        tunnel.write(tunnel.header(FrameType.ACCEPT, id, payload.readableBytes(), 0));
        tunnel.write(payload);
    }

    /** Accepts a stream whose kind has no accept payload. */
    public void accept() {
        accept(Unpooled.EMPTY_BUFFER);
    }

    /**
     * Refuses a stream that the far side opened; {@code errno} is what its {@code connect} shall
     * say.
     */
    public void refuse(int errno, String text) {
        if (!closed) {
            closed = true;
            tunnel.refuse(id, errno, text);
        }
    }

    /**
     * True while more may be written: the far side's window is open and the tunnel is not clogged.
     * After a no the listener hears when it has changed.
     */
    public boolean isWritable() {
        boolean writable = mayWrite();
        saidWritable &= writable;
        return writable;
    }

    private boolean mayWrite() {
        return !closed && sendWindow > 0 && tunnel.channel().isWritable();
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Sends bytes, cut into frames as fits the tunnel. Callers stop when {@link #isWritable} turns
     * false; what they had in hand may still be written. Ownership of {@code data} passes.
     */
    public void write(ByteBuf data) {
        if (closed || endSent) {
            data.release();
            return;
        }
        while (data.readableBytes() > FrameType.CHUNK) {
            writeFrame(data.readRetainedSlice(FrameType.CHUNK));
        }
        writeFrame(data);
    }

    /** Sends one message in one frame; at most 128 KiB. Ownership of {@code message} passes. */
    public void writeMessage(ByteBuf message) {
        if (closed || endSent) {
            message.release();
            return;
        }
        writeFrame(message);
    }

    private void writeFrame(ByteBuf data) {
        int length = data.readableBytes();
        sendWindow -= length;
        tunnel.write(tunnel.header(FrameType.DATA, id, length, 0));
        tunnel.write(data);
    }

    /** Says that no more data comes from this side. */
    public void end() {
        if (!closed && !endSent) {
            endSent = true;
            tunnel.write(tunnel.header(FrameType.END, id, 0, 0));
            closeIfBothEnded();
        }
    }

    /** Ends the stream abruptly. */
    public void reset(int errno) {
        if (!closed) {
            closed = true;
            tunnel.forget(id);
            tunnel.write(tunnel.header(FrameType.RESET, id, 2, 2).writeShort(errno));
        }
    }

    /** Tells the far side that {@code bytes} of its DATA were used up. */
    public void consumed(int bytes) {
        consumed += bytes;
        if (consumed >= WINDOW / 4 && !closed && !endReceived) {
            int credit = consumed + growth();
            tunnel.write(tunnel.header(FrameType.WINDOW, id, 4, 4).writeInt(credit));
            consumed = 0;
        }
    }

    /**
     * Bytes by which the receive window grows now: it doubles for a receiver that is fast, so that
     * long paths are filled.
     */
    private int growth() {
        sinceGrowth += consumed;
        if (receiveWindow >= LARGEST_WINDOW || sinceGrowth < receiveWindow) {
            return 0;
        }
        long now = System.nanoTime();
        boolean fast = now - growthNanos < FAST_NANOS;
        growthNanos = now;
        sinceGrowth = 0;
        int more = fast ? receiveWindow : 0;
        receiveWindow += more;
        return more;
    }

    StreamListener listener() {
        return listener;
    }

    void received(ByteBuf data) {
        listener.onData(this, data);
    }

    void ended() {
        if (!endReceived) {
            endReceived = true;
            closeIfBothEnded();
            listener.onEnd(this);
        }
    }

    void refused(int errno, String text) {
        closed = true;
        listener.onRefuse(this, errno, text);
    }

    void wasReset(int errno) {
        closed = true;
        listener.onReset(this, errno);
    }

    void lost() {
        if (!closed) {
            wasReset(Tunnel.LOST);
        }
    }

    void windowOpened(int bytes) {
        sendWindow += bytes;
        writabilityMayHaveChanged();
    }

    void writabilityMayHaveChanged() {
        boolean writable = mayWrite();
        if (writable != saidWritable) {
            saidWritable = writable;
            listener.onWritabilityChanged(this);
        }
    }

    private void closeIfBothEnded() {
        if (endSent && endReceived) {
            closed = true;
            tunnel.forget(id);
        }
    }
}
