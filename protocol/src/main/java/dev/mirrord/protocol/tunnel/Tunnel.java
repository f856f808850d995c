package dev.mirrord.protocol.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.protocol.StreamKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection between sidecar and agent, carrying many streams.
 *
 * <pre>
 *   connected --HELLO both ways--&gt; ready --GOAWAY, error, idle or close--&gt; closed (all streams reset)
 * </pre>
 *
 * Install it with {@link #install} behind the TLS handler. All methods but {@link #close} belong to
 * the event loop of the channel.
 */
public final class Tunnel extends ChannelInboundHandlerAdapter {
    /** Version of the wire protocol that this build speaks. */
    public static final int PROTOCOL = 1;

    /** Errno that streams see when their tunnel is lost: ECONNRESET. */
    static final int LOST = 104;

    private static final int IDLE_PING_SECONDS = 10;
    private static final int IDLE_CLOSE_SECONDS = 35;
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 192 * 1024);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String client;
    private final TunnelListener listener;
    private final OpenListener openListener;
    private final IntObjectMap<TunnelStream> streams = new IntObjectHashMap<>();
    private final Map<Long, CompletableFuture<Long>> pings = new HashMap<>();
    private int nextStream;
    private boolean ready;
    private boolean helloSaid;
    private boolean flushScheduled;
    private @Nullable Throwable cause;
    private @Nullable ChannelHandlerContext context;

    private Tunnel(
            int firstStream, String client, TunnelListener listener, OpenListener openListener) {
        this.nextStream = firstStream;
        this.client = client;
        this.listener = listener;
        this.openListener = openListener;
    }

    /** The sidecar's side: its streams are odd. */
    public static Tunnel ofSidecar(TunnelListener listener, OpenListener openListener) {
        return ofSidecar("", listener, openListener);
    }

    /**
     * The sidecar's side.
     *
     * @param client all tunnels of one name share their subscriptions, of which the agent keeps
     *     those of different names apart
     */
    public static Tunnel ofSidecar(
            String client, TunnelListener listener, OpenListener openListener) {
        return new Tunnel(1, client, listener, openListener);
    }

    /** The agent's side: its streams are even. */
    public static Tunnel ofAgent(TunnelListener listener, OpenListener openListener) {
        return new Tunnel(2, "", listener, openListener);
    }

    /** Adds the frame decoder, the keep-alive and this tunnel at the end of {@code pipeline}. */
    public void install(ChannelPipeline pipeline) {
        pipeline.channel().config().setWriteBufferWaterMark(WATER_MARK);
        pipeline.addLast(
                new IdleStateHandler(IDLE_CLOSE_SECONDS, IDLE_PING_SECONDS, 0),
                new FrameDecoder(),
                this);
    }

    /**
     * Opens a stream.
     *
     * @param payload what follows the kind byte; ownership passes to the tunnel
     */
    public TunnelStream open(StreamKind kind, ByteBuf payload, StreamListener streamListener) {
        int id = nextStream;
        nextStream += 2;
        TunnelStream stream = new TunnelStream(this, id, kind, streamListener);
        if (context == null || !context.channel().isActive()) {
            payload.release();
            eventLoop().execute(() -> streamListener.onReset(stream, LOST));
            return stream;
        }
        streams.put(id, stream);
        int length = payload.readableBytes() + 1;
        write(header(FrameType.OPEN, id, length, 1).writeByte(kind.code()));
        write(payload);
        return stream;
    }

    /** Asks the far side for a sign of life; completes with the nanoseconds that it took. */
    public CompletableFuture<Long> ping() {
        CompletableFuture<Long> answered = new CompletableFuture<>();
        long begun = System.nanoTime();
        pings.put(begun, answered);
        write(header(FrameType.PING, 0, 8, 8).writeLong(begun));
        return answered;
    }

    /** Streams open now. */
    public int streamCount() {
        return streams.size();
    }

    /** True between both HELLOs and the end. */
    public boolean isReady() {
        return ready && channel().isActive();
    }

    public Channel channel() {
        return requireContext().channel();
    }

    public EventLoop eventLoop() {
        return channel().eventLoop();
    }

    /** Says GOAWAY with {@code text} and closes; may be called from any thread. */
    public void close(int errno, String text) {
        ChannelHandlerContext ctx = requireContext();
        ctx.channel()
                .eventLoop()
                .execute(
                        () -> {
                            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                            ByteBuf frame =
                                    header(FrameType.GOAWAY, 0, bytes.length + 2, bytes.length + 2);
                            frame.writeShort(errno).writeBytes(bytes);
                            ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
                        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            sayHello();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        sayHello();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        ByteBuf frame = (ByteBuf) message;
        boolean kept = false;
        try {
            frame.skipBytes(3);
            int type = frame.readUnsignedByte();
            int id = frame.readInt();
            kept = dispatch(type, id, frame);
        } finally {
            if (!kept) {
                frame.release();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        for (TunnelStream stream : snapshot()) {
            stream.writabilityMayHaveChanged();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent idle) {
            switch (idle.state()) {
                case WRITER_IDLE -> {
                    write(header(FrameType.PING, 0, 8, 8).writeLong(System.nanoTime()));
                }
                case READER_IDLE -> fail(new TunnelException("nothing heard for 35 s"));
                case ALL_IDLE -> {}
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
        fail(error);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ready = false;
        List<TunnelStream> all = snapshot();
        streams.clear();
        for (TunnelStream stream : all) {
            stream.lost();
        }
        for (CompletableFuture<Long> ping : pings.values()) {
            ping.completeExceptionally(new TunnelException("the tunnel is lost"));
        }
        listener.onClosed(this, cause);
        ctx.fireChannelInactive();
    }

    /** Handles one frame and returns whether its buffer was handed on. */
    private boolean dispatch(int type, int id, ByteBuf payload) throws IOException {
        if (!ready && type != FrameType.HELLO && type != FrameType.GOAWAY) {
            throw new TunnelException("frame of type " + type + " before HELLO");
        }
        TunnelStream stream = streams.get(id);
        switch (type) {
            case FrameType.HELLO -> onHello(payload);
            case FrameType.OPEN -> onOpen(id, payload);
            case FrameType.ACCEPT -> {
                if (stream != null) {
                    stream.listener().onAccept(stream, payload);
                }
            }
            case FrameType.REFUSE -> {
                if (stream != null) {
                    streams.remove(id);
                    stream.refused(
                            payload.readUnsignedShort(), payload.toString(StandardCharsets.UTF_8));
                }
            }
            case FrameType.DATA -> {
                if (stream != null) {
                    stream.received(payload);
                    return true;
                }
            }
            case FrameType.END -> {
                if (stream != null) {
                    stream.ended();
                }
            }
            case FrameType.RESET -> {
                if (stream != null) {
                    streams.remove(id);
                    stream.wasReset(payload.readUnsignedShort());
                }
            }
            case FrameType.WINDOW -> {
                if (stream != null) {
                    stream.windowOpened(payload.readInt());
                }
            }
            case FrameType.PING -> {
                write(header(FrameType.PONG, 0, 8, 8).writeLong(payload.readLong()));
            }
            case FrameType.PONG -> onPong(payload.readLong());
            case FrameType.GOAWAY -> {
                payload.skipBytes(2);
                fail(new GoneAwayException(payload.toString(StandardCharsets.UTF_8)));
            }
            default -> throw new TunnelException("unknown frame type " + type);
        }
        return false;
    }

    private void onHello(ByteBuf payload) throws IOException {
        JsonNode hello;
        try (InputStream in = new ByteBufInputStream(payload)) {
            hello = JSON.readTree(in);
        }
        int theirs = hello.path("protocol").asInt();
        if (theirs != PROTOCOL) {
            throw new TunnelException(
                    "the far side speaks protocol %d, this side %d: use images and CLI of one version"
                            .formatted(theirs, PROTOCOL));
        }
        ready = true;
        listener.onReady(this, hello);
    }

    /** Those of the keep-alive are awaited by nobody. */
    private void onPong(long begun) {
        CompletableFuture<Long> awaited = pings.remove(begun);
        if (awaited != null) {
            awaited.complete(System.nanoTime() - begun);
        }
    }

    private void onOpen(int id, ByteBuf payload) throws TunnelException {
        int code = payload.readUnsignedByte();
        Optional<StreamKind> kind = StreamKind.of(code);
        if (kind.isEmpty()) {
            refuse(id, 95, "unknown kind of stream " + code);
            return;
        }
        if ((id & 1) == (nextStream & 1) || streams.containsKey(id)) {
            throw new TunnelException("bad stream id " + id);
        }
        TunnelStream stream = new TunnelStream(this, id, kind.get());
        streams.put(id, stream);
        stream.listenWith(openListener.onOpen(stream, kind.get(), payload));
    }

    /** Added to an active channel of which channelActive is still to come, it is called twice. */
    private void sayHello() {
        if (helloSaid) {
            return;
        }
        helloSaid = true;
        ObjectNode hello = JSON.createObjectNode().put("protocol", PROTOCOL);
        if (!client.isEmpty()) {
            hello.put("client", client);
        }
        byte[] bytes = hello.toString().getBytes(StandardCharsets.UTF_8);
        write(header(FrameType.HELLO, 0, bytes.length, bytes.length).writeBytes(bytes));
    }

    private void fail(Throwable error) {
        if (cause == null) {
            cause = error;
        }
        channel().close();
    }

    void refuse(int id, int errno, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(
                header(FrameType.REFUSE, id, bytes.length + 2, bytes.length + 2)
                        .writeShort(errno)
                        .writeBytes(bytes));
        streams.remove(id);
    }

    void forget(int id) {
        streams.remove(id);
    }

    /** A buffer that holds a frame header and has room for {@code room} more bytes. */
    ByteBuf header(int type, int id, int length, int room) {
        return requireContext()
                .alloc()
                .buffer(FrameType.HEADER + room)
                .writeMedium(length)
                .writeByte(type)
                .writeInt(id);
    }

    /** Writes now, flushes once at the end of this turn of the event loop. */
    void write(ByteBuf buffer) {
        ChannelHandlerContext ctx = requireContext();
        if (!ctx.channel().isActive()) {
            ReferenceCountUtil.release(buffer);
            return;
        }
        ctx.write(buffer, ctx.voidPromise());
        if (!flushScheduled) {
            flushScheduled = true;
            ctx.channel()
                    .eventLoop()
                    .execute(
                            () -> {
                                flushScheduled = false;
                                ctx.flush();
                            });
        }
    }

    private ChannelHandlerContext requireContext() {
        if (context == null) {
            throw new IllegalStateException("tunnel is not installed");
        }
        return context;
    }

    private List<TunnelStream> snapshot() {
        return new ArrayList<>(streams.values());
    }
}
