package dev.mirrord.agent.tunnel;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An accepted stream of a tunnel as a channel, so that what speaks to a connection can speak to the
 * app. It lives on the tunnel's event loop. As on a socket with half-closure, END is a {@link
 * ChannelInputShutdownEvent}; a reset closes without one.
 */
public final class StreamChannel extends AbstractChannel implements DuplexChannel, StreamListener {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final SocketAddress NOWHERE = InetSocketAddress.createUnresolved("app", 0);

    private final TunnelStream stream;
    private final DefaultChannelConfig config = new DefaultChannelConfig(this);
    private final Deque<ByteBuf> received = new ArrayDeque<>();
    private boolean open = true;
    private boolean readWanted;
    private boolean delivering;
    private boolean endReceived;
    private boolean endDelivered;
    private boolean outputEnded;

    /** Takes the stream over; the channel is to be registered with the stream's event loop. */
    public StreamChannel(TunnelStream stream) {
        super(null);
        this.stream = stream;
        stream.listenWith(this);
    }

    @Override
    public void onData(TunnelStream from, ByteBuf data) {
        received.add(data);
        deliver();
    }

    @Override
    public void onEnd(TunnelStream from) {
        endReceived = true;
        deliver();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        if (isRegistered()) {
            unsafe().close(voidPromise());
        } else {
            open = false;
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream changed) {
        if (changed.isWritable() && isRegistered()) {
            unsafe().flush();
        }
    }

    private void deliver() {
        if (delivering || !isRegistered()) {
            return;
        }
        delivering = true;
        try {
            while (readWanted && !received.isEmpty()) {
                readWanted = false;
                ByteBuf data = received.remove();
                int length = data.readableBytes();
                pipeline().fireChannelRead(data);
                stream.consumed(length);
                pipeline().fireChannelReadComplete();
            }
            if (received.isEmpty() && endReceived && !endDelivered) {
                endDelivered = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        } finally {
            delivering = false;
        }
    }

    @Override
    protected void doBeginRead() {
        readWanted = true;
        deliver();
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("a stream carries bytes, not " + message);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (stream.isWritable() && out.current() instanceof ByteBuf data) {
            stream.write(data.retain());
            out.remove();
        }
        while (stream.isClosed() && out.current() != null) {
            out.remove(new ClosedChannelException());
        }
    }

    @Override
    protected void doClose() {
        open = false;
        received.forEach(ByteBuf::release);
        received.clear();
        if (!(outputEnded && endReceived)) {
            stream.reset(Errno.ECONNRESET);
        }
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputEnded = true;
        stream.end();
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdown() {
        return close();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return close(promise);
    }

    /** There is no way to tell the far side. */
    @Override
    public ChannelFuture shutdownInput() {
        return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setSuccess();
    }

    @Override
    public boolean isInputShutdown() {
        return endReceived;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded;
    }

    @Override
    public boolean isShutdown() {
        return endReceived && outputEnded;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unconnectable();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop.equals(stream.eventLoop());
    }

    @Override
    protected SocketAddress localAddress0() {
        return NOWHERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return NOWHERE;
    }

    @Override
    protected void doBind(SocketAddress address) throws IOException {
        throw new IOException("a stream is not bound");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    private final class Unconnectable extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new IOException("a stream is connected from the start"));
        }
    }
}
