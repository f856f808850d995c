package dev.mirrord.protocol.files;

import io.netty.buffer.ByteBuf;

/**
 * What stat(2) tells of a file.
 *
 * @param device number of the file system
 * @param inode number in it
 * @param mode type and permissions, as in {@code st_mode}
 * @param blocks of 512 bytes
 * @param rawDevice of a device node, as the kernel's 32 bits
 */
public record FileAttributes(
        long device,
        long inode,
        int mode,
        int links,
        int uid,
        int gid,
        int rawDevice,
        int blockSize,
        long size,
        long blocks,
        FileTime accessed,
        FileTime modified,
        FileTime changed,
        FileTime born) {
    private static final int TYPE = 0170000;

    /** Seconds and nanoseconds since 1970. */
    public record FileTime(long seconds, int nanos) {
        void write(ByteBuf out) {
            out.writeLong(seconds).writeInt(nanos);
        }

        static FileTime read(ByteBuf in) {
            return new FileTime(in.readLong(), in.readInt());
        }
    }

    public int type() {
        return mode & TYPE;
    }

    public boolean isDirectory() {
        return type() == 0040000;
    }

    public boolean isFile() {
        return type() == 0100000;
    }

    public boolean isSymbolicLink() {
        return type() == 0120000;
    }

    /**
     * True when both are the same file, and not one that has taken the other's inode over. Symbolic
     * links, which cannot be written to, are told apart by their times too, since not every file
     * system knows when a file was made.
     */
    public boolean isSameFile(FileAttributes other) {
        return device == other.device
                && inode == other.inode
                && type() == other.type()
                && born.equals(other.born)
                && (!isSymbolicLink() || changed.equals(other.changed));
    }

    /** True when nothing has been written between the two. */
    public boolean isSameContent(FileAttributes other) {
        return isSameFile(other)
                && size == other.size
                && modified.equals(other.modified)
                && changed.equals(other.changed);
    }

    /** The same when its last name has gone. */
    public FileAttributes removed() {
        return new FileAttributes(
                device, inode, mode, 0, uid, gid, rawDevice, blockSize, size, blocks, accessed,
                modified, changed, born);
    }

    public void write(ByteBuf out) {
        out.writeLong(device)
                .writeLong(inode)
                .writeInt(mode)
                .writeInt(links)
                .writeInt(uid)
                .writeInt(gid)
                .writeInt(rawDevice)
                .writeInt(blockSize)
                .writeLong(size)
                .writeLong(blocks);
        accessed.write(out);
        modified.write(out);
        changed.write(out);
        born.write(out);
    }

    public static FileAttributes read(ByteBuf in) {
        return new FileAttributes(
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                FileTime.read(in),
                FileTime.read(in),
                FileTime.read(in),
                FileTime.read(in));
    }
}
