package dev.mirrord.protocol.files;

import io.netty.buffer.ByteBuf;

/**
 * What precedes each message from the agent; the fields of the answer follow.
 *
 * @param id of the request
 * @param more false in the last message of an answer
 * @param errno 0, or why the operation failed; nothing follows then
 */
public record FileAnswer(int id, boolean more, int errno) {
    /** Bytes. */
    public static final int HEADER = 7;

    /** Bytes of an answer that go into one message. */
    public static final int MOST_BYTES = 96 * 1024;

    public ByteBuf write(ByteBuf out) {
        return out.writeInt(id).writeBoolean(more).writeShort(errno);
    }

    public static FileAnswer read(ByteBuf in) {
        return new FileAnswer(in.readInt(), in.readBoolean(), in.readUnsignedShort());
    }
}
