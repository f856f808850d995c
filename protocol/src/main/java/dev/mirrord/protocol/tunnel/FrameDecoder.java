package dev.mirrord.protocol.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;

/** Cuts the byte stream into frames, header included. */
final class FrameDecoder extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (in.readableBytes() >= FrameType.HEADER) {
            int length = in.getUnsignedMedium(in.readerIndex());
            if (length > FrameType.MAX_PAYLOAD) {
                throw new CorruptedFrameException("frame of " + length + " bytes");
            }
            if (in.readableBytes() < FrameType.HEADER + length) {
                return;
            }
            out.add(in.readRetainedSlice(FrameType.HEADER + length));
        }
    }
}
