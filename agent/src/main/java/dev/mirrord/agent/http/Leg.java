package dev.mirrord.agent.http;

import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;

/** A client connection's way on to the target or to the app. */
final class Leg extends ChannelInboundHandlerAdapter {
    /** What it has said that the client has not been told. */
    final Pieces unsaid = new Pieces();

    private final HttpConnection owner;
    private final Side side;
    private final DuplexChannel channel;
    private boolean ended;
    private boolean unflushed;

    Leg(HttpConnection owner, Side side, DuplexChannel channel) {
        this.owner = owner;
        this.side = side;
        this.channel = channel;
    }

    Side side() {
        return side;
    }

    DuplexChannel channel() {
        return channel;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isUsable() {
        return channel.isActive() && !ended;
    }

    void write(ByteBuf data) {
        channel.write(data, channel.voidPromise());
        unflushed = true;
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Says that the client says no more. */
    void end() {
        channel.writeAndFlush(channel.alloc().buffer(0))
                .addListener(done -> Closing.endOutput(channel));
    }

    /** It is not listened to any more. */
    void close(boolean abruptly) {
        unsaid.release();
        ended = true;
        if (abruptly) {
            Closing.abort(channel);
        } else {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
        owner.legSaid(this, (ByteBuf) data);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        owner.flushClient();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        owner.updateReading();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event) && !ended) {
            ended = true;
            owner.legEnded(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            ended = true;
            owner.legLost(this);
        }
    }
}
