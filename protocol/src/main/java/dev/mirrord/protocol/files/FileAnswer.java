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

    private static final int MORE = 4;

    /** Bytes of an answer that go into one message. */
    public static final int MOST_BYTES = 96 * 1024;

    /** Of so many bytes that are asked for, those that an answer may have. */
    public static int usefulBytes(int asked) {
        return Math.clamp(asked, 0, MOST_BYTES);
    }

    /** Turns a message that was to be the last into one that others follow. */
    public static void more(ByteBuf message) {
        message.setBoolean(message.readerIndex() + MORE, true);
    }

    public ByteBuf write(ByteBuf out) {
        return out.writeInt(id).writeBoolean(more).writeShort(errno);
    }

    public static FileAnswer read(ByteBuf in) {
        return new FileAnswer(in.readInt(), in.readBoolean(), in.readUnsignedShort());
    }
}
