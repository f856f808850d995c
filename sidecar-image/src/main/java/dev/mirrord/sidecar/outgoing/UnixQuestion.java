package dev.mirrord.sidecar.outgoing;

import dev.mirrord.protocol.UnixOpen;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One process of the app's that asks for a unix socket of the target; it may stop waiting. */
final class UnixQuestion extends ByteToMessageDecoder {
    private static final int HEAD = 3;

    private final UnixDoor door;
    private @Nullable UnixConnect connect;

    UnixQuestion(UnixDoor door) {
        this.door = door;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (connect != null) {
            in.skipBytes(in.readableBytes());
        } else if (in.readableBytes() >= HEAD
                && in.readableBytes() >= HEAD + in.getUnsignedShort(in.readerIndex() + 1)) {
            connect = door.connect(context.channel(), UnixOpen.read(in));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (connect != null) {
            connect.askerGone();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        context.close();
    }
}
