package dev.mirrord.protocol.files;

import dev.mirrord.protocol.files.FileRequest.Access;
import dev.mirrord.protocol.files.FileRequest.Allocate;
import dev.mirrord.protocol.files.FileRequest.Attributes;
import dev.mirrord.protocol.files.FileRequest.Change;
import dev.mirrord.protocol.files.FileRequest.Close;
import dev.mirrord.protocol.files.FileRequest.FileSystem;
import dev.mirrord.protocol.files.FileRequest.GetAll;
import dev.mirrord.protocol.files.FileRequest.GetExtended;
import dev.mirrord.protocol.files.FileRequest.ListEntries;
import dev.mirrord.protocol.files.FileRequest.ListExtended;
import dev.mirrord.protocol.files.FileRequest.Lookup;
import dev.mirrord.protocol.files.FileRequest.MakeDirectory;
import dev.mirrord.protocol.files.FileRequest.MakeLink;
import dev.mirrord.protocol.files.FileRequest.MakeNode;
import dev.mirrord.protocol.files.FileRequest.MakeSymbolicLink;
import dev.mirrord.protocol.files.FileRequest.Open;
import dev.mirrord.protocol.files.FileRequest.Read;
import dev.mirrord.protocol.files.FileRequest.RemoveDirectory;
import dev.mirrord.protocol.files.FileRequest.RemoveExtended;
import dev.mirrord.protocol.files.FileRequest.Rename;
import dev.mirrord.protocol.files.FileRequest.Seek;
import dev.mirrord.protocol.files.FileRequest.SetExtended;
import dev.mirrord.protocol.files.FileRequest.Sync;
import dev.mirrord.protocol.files.FileRequest.Unlink;
import dev.mirrord.protocol.files.FileRequest.Write;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Requests as bytes: {@code u8 operation}, then the fields in the order of the records. */
public final class FileRequestCodec {
    private FileRequestCodec() {}

    /** Appends {@code request}. */
    public static ByteBuf write(ByteBuf out, FileRequest request) {
        switch (request) {
            case Lookup(var path) -> path(out.writeByte(1), path);
            case ListEntries(var path, int most) -> path(out.writeByte(2), path).writeInt(most);
            case GetAll(var directory, int most, var names) -> {
                path(out.writeByte(3), directory).writeInt(most).writeShort(names.size());
                names.forEach(name -> path(out, name));
            }
            case Open(var path, int flags, int mode, int most) ->
                    path(out.writeByte(4), path).writeInt(flags).writeInt(mode).writeInt(most);
            case MakeDirectory(var path, int mode) -> path(out.writeByte(5), path).writeInt(mode);
            case MakeNode(var path, int mode, int device) ->
                    path(out.writeByte(6), path).writeInt(mode).writeInt(device);
            case MakeSymbolicLink(var path, var target) ->
                    path(path(out.writeByte(7), path), target);
            case MakeLink(var from, var path) -> path(path(out.writeByte(8), from), path);
            case Rename(var from, var path, int flags) ->
                    path(path(out.writeByte(9), from), path).writeInt(flags);
            case Unlink(var path) -> path(out.writeByte(10), path);
            case RemoveDirectory(var path) -> path(out.writeByte(11), path);
            case FileSystem(var path) -> path(out.writeByte(12), path);
            case Access(var path, int mask) -> path(out.writeByte(13), path).writeInt(mask);
            case GetExtended(var path, var name) -> path(path(out.writeByte(14), path), name);
            case SetExtended(var path, var name, var value, int flags) ->
                    value(path(path(out.writeByte(15), path), name), value).writeInt(flags);
            case ListExtended(var path) -> path(out.writeByte(16), path);
            case RemoveExtended(var path, var name) -> path(path(out.writeByte(17), path), name);
            case Change(var path, int handle, var change) ->
                    change.write(path(out.writeByte(18), path).writeInt(handle));
            case Attributes(int handle) -> out.writeByte(19).writeInt(handle);
            case Read(int handle, long offset, int size) ->
                    out.writeByte(20).writeInt(handle).writeLong(offset).writeInt(size);
            case Write(int handle, long offset) ->
                    out.writeByte(21).writeInt(handle).writeLong(offset);
            case Sync(int handle, boolean dataOnly) ->
                    out.writeByte(22).writeInt(handle).writeBoolean(dataOnly);
            case Allocate(int handle, int mode, long offset, long length) ->
                    out.writeByte(23)
                            .writeInt(handle)
                            .writeInt(mode)
                            .writeLong(offset)
                            .writeLong(length);
            case Seek(int handle, long offset, int whence) ->
                    out.writeByte(24).writeInt(handle).writeLong(offset).writeInt(whence);
            case Close(int handle) -> out.writeByte(25).writeInt(handle);
        }
        return out;
    }

    /**
     * Reads a request and advances the reader index; what is left is the data of a {@link Write}.
     *
     * @throws IllegalArgumentException for an unknown operation or a name with NUL
     * @throws IndexOutOfBoundsException for one that is cut short
     */
    public static FileRequest read(ByteBuf in) {
        int operation = in.readUnsignedByte();
        return switch (operation) {
            case 1 -> new Lookup(path(in));
            case 2 -> new ListEntries(path(in), in.readInt());
            case 3 -> new GetAll(path(in), in.readInt(), names(in));
            case 4 -> new Open(path(in), in.readInt(), in.readInt(), in.readInt());
            case 5 -> new MakeDirectory(path(in), in.readInt());
            case 6 -> new MakeNode(path(in), in.readInt(), in.readInt());
            case 7 -> new MakeSymbolicLink(path(in), path(in));
            case 8 -> new MakeLink(path(in), path(in));
            case 9 -> new Rename(path(in), path(in), in.readInt());
            case 10 -> new Unlink(path(in));
            case 11 -> new RemoveDirectory(path(in));
            case 12 -> new FileSystem(path(in));
            case 13 -> new Access(path(in), in.readInt());
            case 14 -> new GetExtended(path(in), path(in));
            case 15 -> new SetExtended(path(in), path(in), value(in), in.readInt());
            case 16 -> new ListExtended(path(in));
            case 17 -> new RemoveExtended(path(in), path(in));
            case 18 -> new Change(path(in), in.readInt(), AttributeChange.read(in));
            case 19 -> new Attributes(in.readInt());
            case 20 -> new Read(in.readInt(), in.readLong(), in.readInt());
            case 21 -> new Write(in.readInt(), in.readLong());
            case 22 -> new Sync(in.readInt(), in.readBoolean());
            case 23 -> new Allocate(in.readInt(), in.readInt(), in.readLong(), in.readLong());
            case 24 -> new Seek(in.readInt(), in.readLong(), in.readInt());
            case 25 -> new Close(in.readInt());
            default -> throw new IllegalArgumentException("unknown file operation " + operation);
        };
    }

    /** Appends a path or a name: {@code u16 length}, bytes. */
    public static ByteBuf path(ByteBuf out, PathBytes path) {
        return out.writeShort(path.length()).writeBytes(path.bytes());
    }

    /** Reads what {@link #path(ByteBuf, PathBytes)} wrote. */
    public static PathBytes path(ByteBuf in) {
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readBytes(bytes);
        for (byte each : bytes) {
            if (each == 0) {
                throw new IllegalArgumentException("a path with NUL");
            }
        }
        return new PathBytes(bytes);
    }

    private static List<PathBytes> names(ByteBuf in) {
        int count = in.readUnsignedShort();
        List<PathBytes> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(path(in));
        }
        return names;
    }

    private static ByteBuf value(ByteBuf out, PathBytes value) {
        return out.writeInt(value.length()).writeBytes(value.bytes());
    }

    private static PathBytes value(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IndexOutOfBoundsException("a value of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return new PathBytes(bytes);
    }
}
