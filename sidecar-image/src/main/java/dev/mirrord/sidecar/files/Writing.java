package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileRequest;
import io.netty.buffer.ByteBuf;

/** One write of the kernel, in as many messages as it takes; the agent keeps their order. */
final class Writing {
    private final Services services;
    private final OpenFile file;
    private final long unique;
    private final long offset;
    private final ByteBuf data;
    private final boolean whole;
    private int waiting;
    private int written;
    private int errno;
    private boolean cut;

    /**
     * @param whole it comes from memory that the app has mapped: the kernel takes no notice of how
     *     much was written, only of an error
     */
    Writing(
            Services services,
            OpenFile file,
            long unique,
            long offset,
            ByteBuf data,
            boolean whole) {
        this.services = services;
        this.file = file;
        this.unique = unique;
        this.offset = offset;
        this.data = data;
        this.whole = whole;
    }

    void start() {
        ask(0);
    }

    private void ask(int from) {
        FilesWay way = file.way;
        if (way == null) {
            data.release();
            services.kernel().error(unique, Errno.EIO);
            return;
        }
        int size = data.readableBytes();
        cut = false;
        waiting = Math.max(1, (size - from + FileAnswer.MOST_BYTES - 1) / FileAnswer.MOST_BYTES);
        for (int at = from; at < size || at == 0; at += FileAnswer.MOST_BYTES) {
            int count = Math.min(size - at, FileAnswer.MOST_BYTES);
            ByteBuf piece = data.retainedSlice(data.readerIndex() + at, count);
            way.ask(
                    new FileRequest.Write(file.handle, offset + at),
                    piece,
                    Parsed.of(body -> put(body.readInt(), count), this::failed));
        }
    }

    private synchronized void put(int octets, int wanted) {
        // After a piece that was cut short the rest is not the beginning any more.
        if (!cut) {
            written += octets;
            cut = octets < wanted;
        }
        finish();
    }

    private synchronized void failed(int why) {
        if (!cut) {
            cut = true;
            errno = why;
        }
        finish();
    }

    private void finish() {
        if (--waiting > 0) {
            return;
        }
        if (whole && cut && errno == 0) {
            // Why it was cut short is what the next write says.
            ask(written);
            return;
        }
        data.release();
        synchronized (services.tree()) {
            OpenFiles.written(file.node);
        }
        if (errno != 0 && (written == 0 || whole)) {
            services.kernel().error(unique, errno);
        } else {
            services.links().changed(file.node, this::tell);
        }
    }

    private void tell() {
        services.kernel().send(unique, out -> out.putInt(written).putInt(0));
    }
}
