package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.fuse.FuseDevice;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Answers to the kernel (struct fuse_out_header and what follows), from every thread. */
final class FuseOutput {
    static final int HEADER = 16;
    private static final int INVALIDATE = 2;
    private static final int INVALIDATE_NAME = 3;
    private static final int SMALL = 64 * 1024;
    private static final int ATTRIBUTES = 88;
    private static final long SECOND = 1_000_000_000;

    private final FuseDevice device;
    private final ThreadLocal<ByteBuffer> buffers =
            ThreadLocal.withInitial(
                    () -> ByteBuffer.allocateDirect(SMALL).order(ByteOrder.nativeOrder()));

    FuseOutput(FuseDevice device) {
        this.device = device;
    }

    void error(long unique, int errno) {
        ByteBuffer out = buffers.get().clear();
        out.putInt(HEADER).putInt(-errno).putLong(unique).flip();
        device.write(out);
    }

    void done(long unique) {
        error(unique, 0);
    }

    /**
     * Answers with what {@code body} writes; at most 64 KiB.
     *
     * @return false when nobody waited for the answer any more
     */
    boolean send(long unique, Consumer<ByteBuffer> body) {
        ByteBuffer out = buffers.get().clear().position(HEADER);
        body.accept(out);
        out.putInt(0, out.position()).putInt(4, 0).putLong(8, unique);
        return device.write(out.flip()) != -Errno.ENOENT;
    }

    /** A buffer that {@link #send(long, ByteBuf)} can send: its header is still to be filled in. */
    static ByteBuf data(int room) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(HEADER + room).writeZero(HEADER);
    }

    /** Answers with bytes that follow the header; ownership passes. */
    void send(long unique, ByteBuf data) {
        ByteBuffer out = data.nioBuffer().order(ByteOrder.nativeOrder());
        out.putInt(0, out.limit()).putInt(4, 0).putLong(8, unique);
        device.write(out);
        data.release();
    }

    /**
     * Tells the kernel to forget attributes and pages of a file. Waits for reads of the file that
     * are under way, so never on a thread that answers them.
     */
    void forget(long node) {
        ByteBuffer out = buffers.get().clear();
        out.putInt(HEADER + 24).putInt(INVALIDATE).putLong(0);
        device.write(out.putLong(node).putLong(0).putLong(0).flip());
    }

    /** Tells the kernel to forget a name; waits for what is under way in its directory. */
    void forget(long directory, PathBytes name) {
        ByteBuffer out = buffers.get().clear();
        int length = HEADER + 16 + name.length() + 1;
        out.putInt(length).putInt(INVALIDATE_NAME).putLong(0);
        out.putLong(directory).putInt(name.length()).putInt(0);
        device.write(out.put(name.bytes()).put((byte) 0).flip());
    }

    /** struct fuse_attr. */
    static void attributes(ByteBuffer out, FileAttributes attributes, long inode) {
        out.putLong(inode).putLong(attributes.size()).putLong(attributes.blocks());
        out.putLong(attributes.accessed().seconds());
        out.putLong(attributes.modified().seconds());
        out.putLong(attributes.changed().seconds());
        out.putInt(attributes.accessed().nanos());
        out.putInt(attributes.modified().nanos());
        out.putInt(attributes.changed().nanos());
        out.putInt(attributes.mode()).putInt(attributes.links());
        out.putInt(attributes.uid()).putInt(attributes.gid());
        out.putInt(attributes.rawDevice()).putInt(attributes.blockSize()).putInt(0);
    }

    /**
     * struct fuse_entry_out.
     *
     * @param nanos how long the kernel may believe it
     */
    static void entry(
            ByteBuffer out, long node, FileAttributes attributes, long inode, long nanos) {
        out.putLong(node).putLong(0);
        out.putLong(nanos / SECOND).putLong(nanos / SECOND);
        out.putInt((int) (nanos % SECOND)).putInt((int) (nanos % SECOND));
        attributes(out, attributes, inode);
    }

    /** struct fuse_entry_out for a name that is not there. */
    static void noEntry(ByteBuffer out, long nanos) {
        out.putLong(0).putLong(0).putLong(nanos / SECOND).putLong(0);
        out.putInt((int) (nanos % SECOND)).putInt(0);
        zero(out, ATTRIBUTES);
    }

    static void zero(ByteBuffer out, int octets) {
        for (int i = 0; i < octets; i++) {
            out.put((byte) 0);
        }
    }

    /** struct fuse_attr_out. */
    static void attributesOut(ByteBuffer out, FileAttributes attributes, long inode, long nanos) {
        out.putLong(nanos / SECOND).putInt((int) (nanos % SECOND)).putInt(0);
        attributes(out, attributes, inode);
    }
}
