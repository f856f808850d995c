package dev.mirrord.protocol.files;

import io.netty.buffer.ByteBuf;

/**
 * One entry of a listing.
 *
 * @param link where a symbolic link leads, empty for everything else
 */
public record DirectoryEntry(PathBytes name, FileAttributes attributes, PathBytes link) {
    public void write(ByteBuf out) {
        FileRequestCodec.path(out, name);
        attributes.write(out);
        FileRequestCodec.path(out, link);
    }

    public static DirectoryEntry read(ByteBuf in) {
        return new DirectoryEntry(
                FileRequestCodec.path(in), FileAttributes.read(in), FileRequestCodec.path(in));
    }
}
