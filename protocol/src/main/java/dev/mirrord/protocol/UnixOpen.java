package dev.mirrord.protocol;

import io.netty.buffer.ByteBuf;

/**
 * What opens a stream of kind UNIX (docs/protocol.md): a unix socket of the target.
 *
 * @param type of socket(2), {@link #STREAM} or {@link #PACKETS}
 * @param path absolute, any octets but NUL
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UnixOpen(int type, byte[] path) {
    public static final int STREAM = 1;
    public static final int PACKETS = 5;

    /** As much as an address has room for. */
    private static final int LONGEST = 108;

    /**
     * @throws IllegalArgumentException for what is no such thing
     */
    public UnixOpen {
        if ((type != STREAM && type != PACKETS)
                || path.length == 0
                || path.length > LONGEST
                || path[0] != '/') {
            throw new IllegalArgumentException("no unix socket of a type and path that is carried");
        }
    }

    /** Reads `u8 type, u16 length, path` and advances the reader index. */
    public static UnixOpen read(ByteBuf in) {
        int type = in.readUnsignedByte();
        byte[] path = new byte[in.readUnsignedShort()];
        in.readBytes(path);
        return new UnixOpen(type, path);
    }

    public ByteBuf write(ByteBuf out) {
        return out.writeByte(type).writeShort(path.length).writeBytes(path);
    }
}
