package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One connection to a port inside a pod. Nothing is read until it is joined, once. */
public final class PortForwardChannel implements AutoCloseable {

    private final Channel channel;
    private final ForwardHandler handler;

    PortForwardChannel(Channel channel, ForwardHandler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /**
     * Passes bytes between the forward and {@code local}, which must not be reading yet, until
     * either ends. Both are closed then.
     */
    public void join(Channel local) {
        new ChannelJoin(this, local).start();
    }

    /**
     * Passes bytes between the forward and a pair of blocking streams on two virtual threads. Both
     * streams are closed at the end.
     */
    public void join(InputStream in, OutputStream out) {
        new StreamJoin(this, in, out).start();
    }

    /**
     * Completes when the forward is over; exceptionally with a {@link
     * dev.mirrord.session.kubernetes.cluster.ClusterFailure} when the pod refused it or it was
     * lost.
     */
    public CompletableFuture<@Nullable Void> closed() {
        return handler.over.copy();
    }

    /** Ends both directions at once. */
    @Override
    public void close() {
        onLoop(handler::reset);
    }

    void join(ForwardHandler.Receiver receiver) {
        onLoop(() -> handler.join(receiver));
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void autoRead(boolean reading) {
        channel.config().setAutoRead(reading);
    }

    void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    void end() {
        onLoop(handler::end);
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }
}
