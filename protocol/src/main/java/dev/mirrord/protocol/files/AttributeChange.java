package dev.mirrord.protocol.files;

import dev.mirrord.protocol.files.FileAttributes.FileTime;
import io.netty.buffer.ByteBuf;

/**
 * Attributes to be set; only those count whose bit is in {@code which}.
 *
 * @param which {@link #MODE} and its like
 */
public record AttributeChange(
        int which, int mode, int uid, int gid, long size, FileTime accessed, FileTime modified) {
    public static final int MODE = 1;
    public static final int UID = 2;
    public static final int GID = 4;
    public static final int SIZE = 8;
    public static final int ACCESSED = 16;
    public static final int MODIFIED = 32;
    public static final int ACCESSED_NOW = 64;
    public static final int MODIFIED_NOW = 128;

    public boolean has(int bit) {
        return (which & bit) != 0;
    }

    void write(ByteBuf out) {
        out.writeInt(which).writeInt(mode).writeInt(uid).writeInt(gid).writeLong(size);
        accessed.write(out);
        modified.write(out);
    }

    static AttributeChange read(ByteBuf in) {
        return new AttributeChange(
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                FileTime.read(in),
                FileTime.read(in));
    }
}
