package dev.mirrord.sidecar.launcher;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads what a launcher says first; it says nothing else. */
final class HelloDecoder extends ByteToMessageDecoder {
    private static final int MAGIC = 0x4d524431; // MRD1
    private static final int HEAD = 11;
    private boolean done;

    /**
     * @param pid in the launcher's own namespace
     */
    record Hello(LauncherRole role, long pid, String program) {}

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (done) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < HEAD) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex() + HEAD - 2);
        if (in.readableBytes() < HEAD + length) {
            return;
        }
        if (in.readInt() != MAGIC) {
            throw new CorruptedFrameException("not a launcher of this version");
        }
        LauncherRole role = LauncherRole.of(in.readUnsignedByte());
        long pid = in.readUnsignedInt();
        in.skipBytes(2);
        out.add(
                new Hello(
                        role, pid, in.readCharSequence(length, StandardCharsets.UTF_8).toString()));
        done = true;
    }
}
