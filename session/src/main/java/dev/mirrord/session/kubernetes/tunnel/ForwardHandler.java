package dev.mirrord.session.kubernetes.tunnel;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One forwarded connection on its own connection to the API server: an error stream and a data
 * stream, both opened at once and written to without waiting for the replies, which saves two round
 * trips. All state belongs to the channel's event loop.
 *
 * <p>With {@link Patience} a pod that refuses is asked again, on a new pair of streams, until its
 * first byte has come; what was written to it until then is written again.
 *
 * <p>The forward is over when the far side has ended both streams, or has reset one, or has written
 * a text to the error stream and ended it: the text is why.
 */
final class ForwardHandler extends ChannelDuplexHandler implements SpdyReader.Sink {

    private static final int PING_SECONDS = 10;
    private static final int SILENT_SECONDS = 40;

    /** The other half of the join. Called on the channel's event loop; buffers become its own. */
    interface Receiver {
        void data(ByteBuf bytes);

        void flush();

        void end();

        void writable(boolean writable);

        void closed();
    }

    /**
     * Completes when the forward is over; exceptionally with the reason when it did not end well.
     */
    final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    private final String what;
    private final int port;
    private final Framing framing;
    private final Spdy.StreamOpener opener = new Spdy.StreamOpener();
    private final SpdyReader reader = new SpdyReader(this);
    private final StringBuilder errorText = new StringBuilder();
    private final List<ByteBuf> unheard = new ArrayList<>();
    private @Nullable Patience patience;
    private @Nullable Receiver receiver;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> pings;
    private int attempt;
    private int errorStream;
    private int dataStream;
    private int pingId = 1;
    private long lastHeard = System.nanoTime();
    private boolean dataEnded;
    private boolean errorEnded;
    private boolean ownEnded;

    ForwardHandler(String what, int port, Framing framing, @Nullable Patience patience) {
        this.what = what;
        this.port = port;
        this.framing = framing;
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        openStreams(added);
        if (patience == null) {
            opener.close();
        }
        added.flush();
        pings =
                added.executor()
                        .scheduleAtFixedRate(
                                () -> ping(added), PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
    }

    private void openStreams(ChannelHandlerContext on) {
        // odd numbers are the client's
        errorStream = 4 * attempt + 1;
        dataStream = 4 * attempt + 3;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("port", Integer.toString(port));
        headers.put("requestid", Integer.toString(attempt));
        headers.put("streamtype", "error");
        frame(on, opener.open(errorStream, headers));
        // nothing is ever written to the error stream
        frame(on, Spdy.dataHeader(errorStream, 0, true));
        headers.put("streamtype", "data");
        frame(on, opener.open(dataStream, headers));
        attempt++;
    }

    /** The pod has answered: from now on a refusal is one. */
    private void heard() {
        Patience ending = patience;
        if (ending != null) {
            patience = null;
            unheard.forEach(ByteBuf::release);
            unheard.clear();
            opener.close();
            ending.heard();
        }
    }

    /** Returns whether the pod is asked again. */
    private boolean again() {
        Patience waiting = patience;
        if (waiting == null || !waiting.goesOn()) {
            return false;
        }
        errorText.setLength(0);
        errorEnded = false;
        dataEnded = false;
        errorStream = 0;
        dataStream = 0;
        context()
                .executor()
                .schedule(this::askAgain, Patience.PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
        return true;
    }

    private void askAgain() {
        if (over.isDone()) {
            return;
        }
        openStreams(context());
        for (ByteBuf bytes : unheard) {
            ByteBuf header = Spdy.dataHeader(dataStream, bytes.readableBytes(), false);
            framing.write(context(), header, bytes.retainedDuplicate(), context().newPromise());
        }
        if (ownEnded) {
            frame(context(), Spdy.dataHeader(dataStream, 0, true));
        }
        context().flush();
    }

    /** Starts reading. */
    void join(Receiver joined) {
        ChannelHandlerContext joining = context();
        receiver = joined;
        if (joining.channel().isActive()) {
            joining.channel().config().setAutoRead(true);
        } else {
            joined.closed();
        }
    }

    /** Bytes for the pod. They come through the pipeline, so that Netty counts them at once. */
    @Override
    public void write(ChannelHandlerContext writing, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        if (ownEnded || !bytes.isReadable()) {
            bytes.release();
            promise.trySuccess();
            return;
        }
        if (patience != null) {
            unheard.add(bytes.retainedDuplicate());
            if (dataStream == 0) {
                bytes.release();
                promise.trySuccess();
                return;
            }
        }
        framing.write(
                writing, Spdy.dataHeader(dataStream, bytes.readableBytes(), false), bytes, promise);
    }

    /** Nothing more will be written. */
    void end() {
        if (!ownEnded) {
            ownEnded = true;
            if (dataStream != 0) {
                frame(context(), Spdy.dataHeader(dataStream, 0, true));
                context().flush();
            }
        }
    }

    /** Ends both directions at once, dropping what is under way. */
    void reset() {
        if (!over.isDone()) {
            ownEnded = true;
            if (dataStream != 0) {
                frame(context(), Spdy.reset(dataStream));
                context().flush();
            }
            finish(null);
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext added = context;
        if (added == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return added;
    }

    private void frame(ChannelHandlerContext to, ByteBuf frame) {
        framing.write(to, frame, Unpooled.EMPTY_BUFFER, to.newPromise());
    }

    private void ping(ChannelHandlerContext to) {
        long silent = System.nanoTime() - lastHeard;
        if (to.channel().config().isAutoRead()
                && silent > TimeUnit.SECONDS.toNanos(SILENT_SECONDS)) {
            finish(lost("the API server has been silent for " + SILENT_SECONDS + " s", null));
            return;
        }
        frame(to, Spdy.ping(pingId));
        pingId += 2;
        to.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        lastHeard = System.nanoTime();
        try {
            reader.read(bytes);
        } finally {
            ReferenceCountUtil.release(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (receiver != null) {
            receiver.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (receiver != null) {
            receiver.writable(changed.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        finish(lost("the connection to the API server was closed", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        finish(lost(String.valueOf(cause.getMessage()), cause));
    }

    @Override
    public void data(int stream, ByteBuf bytes) {
        if (stream == dataStream && receiver != null) {
            heard();
            receiver.data(bytes);
            return;
        }
        if (stream == errorStream) {
            errorText.append(bytes.toString(StandardCharsets.UTF_8));
        }
        bytes.release();
    }

    @Override
    public void end(int stream) {
        if (stream == dataStream && !dataEnded) {
            dataEnded = true;
            if (receiver != null && patience == null) {
                receiver.flush();
                receiver.end();
            }
        } else if (stream == errorStream) {
            errorEnded = true;
        }
        if (errorEnded && (dataEnded || errorText.length() > 0) && !again()) {
            finish(errorText.length() == 0 ? null : refused());
        }
    }

    @Override
    public void reset(int stream, int status) {
        if ((stream != errorStream && stream != dataStream) || again()) {
            return;
        }
        finish(errorText.length() == 0 ? lost("the forward was reset", null) : refused());
    }

    @Override
    public void ping(int id) {
        if ((id & 1) == 0) {
            frame(context(), Spdy.ping(id));
            context().flush();
        }
    }

    @Override
    public void goAway() {
        finish(lost("the node ended the port-forward", null));
    }

    private ClusterFailure refused() {
        return new ClusterFailure(Kind.AGENT, what + " failed", errorText.toString().strip(), "");
    }

    private ClusterFailure lost(String why, @Nullable Throwable cause) {
        return new ClusterFailure(Kind.UNREACHABLE, what + " was lost", why, "", cause);
    }

    private void finish(@Nullable ClusterFailure failure) {
        if (over.isDone()) {
            return;
        }
        if (pings != null) {
            pings.cancel(false);
        }
        patience = null;
        unheard.forEach(ByteBuf::release);
        unheard.clear();
        opener.close();
        if (failure == null) {
            over.complete(null);
        } else {
            over.completeExceptionally(failure);
        }
        context().close();
        if (receiver != null) {
            receiver.flush();
            receiver.closed();
        }
    }
}
