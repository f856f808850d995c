package dev.mirrord.protocol.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Joins a socket of sequenced packets with a stream of messages, as {@link ChannelBridge} does with
 * bytes: one read is one packet, one write is one packet. A packet of {@link #LIMIT} octets or more
 * would be cut: it resets the stream.
 */
public final class PacketBridge extends ChannelInboundHandlerAdapter implements StreamListener {
    /** Of a packet, exclusive; what a frame holds. */
    public static final int LIMIT = 128 * 1024;

    private static final int EMSGSIZE = 90;
    private static final int ECONNRESET = 104;

    private final DuplexChannel channel;
    private final TunnelStream stream;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean over;

    private PacketBridge(DuplexChannel channel, TunnelStream stream) {
        this.channel = channel;
        this.stream = stream;
    }

    /** Joins the two; must be called on the event loop that both share. */
    public static PacketBridge join(DuplexChannel channel, TunnelStream stream) {
        PacketBridge bridge = new PacketBridge(channel, stream);
        stream.listenWith(bridge);
        channel.pipeline().addLast(bridge);
        if (stream.isClosed()) {
            bridge.abort();
            return bridge;
        }
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(LIMIT));
        channel.config().setAutoRead(stream.isWritable());
        return bridge;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf packet = (ByteBuf) message;
        if (stream.isClosed()) {
            ReferenceCountUtil.release(message);
        } else if (packet.readableBytes() >= LIMIT) {
            packet.release();
            stream.reset(EMSGSIZE);
            abort();
        } else {
            stream.writeMessage(packet);
            if (!stream.isWritable()) {
                channel.config().setAutoRead(false);
            }
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        channel.config().setAutoRead(changed.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event) && !inputEnded) {
            inputEnded = true;
            stream.end();
            finish();
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf packet) {
        waiting.add(packet);
        writeNext();
    }

    /** Only one is in the channel at a time: it would write several together. */
    private void writeNext() {
        while (!writing && !over) {
            ByteBuf packet = waiting.poll();
            if (packet == null) {
                finish();
                return;
            }
            int length = packet.readableBytes();
            writing = true;
            ChannelFuture written = channel.writeAndFlush(packet);
            if (written.isDone()) {
                writing = false;
                stream.consumed(length);
            } else {
                written.addListener(
                        done -> {
                            writing = false;
                            stream.consumed(length);
                            writeNext();
                        });
            }
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        outputEnded = true;
        writeNext();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        abort();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        stream.reset(ECONNRESET);
        abort();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!(inputEnded && outputEnded)) {
            stream.reset(ECONNRESET);
        }
        abort();
    }

    private void finish() {
        if (outputEnded && !writing && waiting.isEmpty() && !over) {
            channel.shutdownOutput();
            if (inputEnded) {
                over = true;
                channel.close();
            }
        }
    }

    private void abort() {
        over = true;
        inputEnded = true;
        outputEnded = true;
        for (ByteBuf each = waiting.poll(); each != null; each = waiting.poll()) {
            each.release();
        }
        channel.close();
    }
}
