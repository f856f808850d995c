package dev.mirrord.protocol.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * Joins a TCP connection with a stream: bytes, back-pressure, half-close and reset go through in
 * both directions. The channel lives on the stream's event loop and has {@link
 * ChannelOption#ALLOW_HALF_CLOSURE} on.
 *
 * <pre>
 *   channel read   -&gt; stream.write    paused while the stream is not writable
 *   stream DATA    -&gt; channel.write   consumed when the kernel took it
 *   channel EOF    -&gt; stream END      stream END   -&gt; shutdownOutput
 *   channel error  -&gt; stream RESET    stream RESET -&gt; close with SO_LINGER 0 (TCP RST)
 * </pre>
 */
public final class ChannelBridge extends ChannelInboundHandlerAdapter implements StreamListener {
    private static final int ECONNRESET = 104;

    private final DuplexChannel channel;
    private final TunnelStream stream;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean outputWritten;
    private boolean flushScheduled;

    private ChannelBridge(DuplexChannel channel, TunnelStream stream) {
        this.channel = channel;
        this.stream = stream;
    }

    /**
     * Joins the two; must be called on the event loop that both share. Reading starts at once. Data
     * that the stream brought earlier is given to the returned bridge.
     */
    public static ChannelBridge join(DuplexChannel channel, TunnelStream stream) {
        ChannelBridge bridge = new ChannelBridge(channel, stream);
        stream.listenWith(bridge);
        channel.pipeline().addLast(bridge);
        if (stream.isClosed()) {
            bridge.abort();
            return bridge;
        }
        // A process that is killed leaves no end of file that looks as if all had been said.
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.config().setAutoRead(stream.isWritable());
        return bridge;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (stream.isClosed()) {
            ReferenceCountUtil.release(message);
            return;
        }
        stream.write((ByteBuf) message);
        if (!stream.isWritable()) {
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        channel.config().setAutoRead(changed.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event)) {
            if (!inputEnded) {
                inputEnded = true;
                stream.end();
                closeIfBothEnded();
            }
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf data) {
        int length = data.readableBytes();
        ChannelFuture written = channel.write(data);
        if (written.isDone()) {
            stream.consumed(length);
        } else {
            written.addListener(done -> stream.consumed(length));
        }
        if (!flushScheduled) {
            flushScheduled = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        channel.flush();
    }

    @Override
    public void onEnd(TunnelStream from) {
        outputEnded = true;
        channel.flush();
        channel.write(Unpooled.EMPTY_BUFFER)
                .addListener(
                        done -> {
                            // All was said: from here on even a killed process may end in order.
                            if (channel.isOpen()) {
                                channel.config().setOption(ChannelOption.SO_LINGER, -1);
                            }
                            outputWritten = true;
                            channel.shutdownOutput();
                            closeIfBothEnded();
                        });
        channel.flush();
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
    }

    private void closeIfBothEnded() {
        if (inputEnded && outputWritten) {
            channel.close();
        }
    }

    private void abort() {
        inputEnded = true;
        outputEnded = true;
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
