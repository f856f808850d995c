package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.sidecar.files.Node.Content;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One file being read from front to back: pieces are asked for before the kernel asks, more at once
 * the longer it goes on. Reads wait here for their pieces. Guarded by its monitor.
 */
final class ReadAhead {
    /** Bytes. */
    static final int PIECE = 512 * 1024;

    private static final int MOST_AHEAD = 8;

    /** Pieces of all files together. */
    private static final int MOST_PIECES = 40;

    private static final AtomicInteger PIECES = new AtomicInteger();

    private final FuseOutput kernel;
    private final FilesWay way;
    private final int handle;
    private final Consumer<Content> whole;
    private final Map<Long, Piece> pieces = new HashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private @Nullable FileAttributes seen;
    private long expected;
    private int ahead = 1;
    private boolean closed;

    private record Reader(long unique, long offset, int size) {}

    /**
     * @param whole takes all of a file of which there is not too much to keep it
     */
    ReadAhead(FuseOutput kernel, FilesWay way, int handle, Consumer<Content> whole) {
        this.kernel = kernel;
        this.way = way;
        this.handle = handle;
        this.whole = whole;
    }

    /**
     * Takes a read that fits the pattern; false: the caller reads by itself.
     *
     * @param now as last heard of
     */
    synchronized boolean read(long unique, long offset, int size, FileAttributes now) {
        if (!isSame(now)) {
            return false;
        }
        long fileSize = now.size();
        dropOld(offset);
        long first = offset / PIECE;
        long last = (offset + size - 1) / PIECE;
        boolean inOrder = Math.abs(offset - expected) <= PIECE;
        expected = offset + size;
        if (closed
                || offset + size > fileSize + PIECE
                || (!inOrder && !pieces.containsKey(first))) {
            ahead = 1;
            return false;
        }
        for (long index = first; index <= last + ahead; index++) {
            boolean needed = index <= last;
            if (!pieces.containsKey(index)
                    && (needed || index * PIECE < fileSize)
                    && !ask(index, needed)) {
                break;
            }
        }
        readers.add(new Reader(unique, offset, size));
        serve();
        return true;
    }

    /** Forgets what was read when the file has changed since; false: reads are still under way. */
    private boolean isSame(FileAttributes now) {
        if (seen == null || !seen.isSameContent(now)) {
            if (!readers.isEmpty()) {
                return false;
            }
            seen = now;
            pieces.values().forEach(Piece::release);
            pieces.clear();
        }
        return true;
    }

    private boolean ask(long index, boolean needed) {
        if (PIECES.get() >= MOST_PIECES && !needed) {
            return false;
        }
        Piece piece = new Piece(index == 0);
        pieces.put(index, piece);
        way.ask(new FileRequest.Read(handle, index * PIECE, PIECE), piece);
        return true;
    }

    /** What lies behind is read no more, and what was read long ago may have changed. */
    private void dropOld(long offset) {
        long now = System.nanoTime();
        for (Iterator<Map.Entry<Long, Piece>> all = pieces.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Piece> each = all.next();
            boolean behind = (each.getKey() + 2) * PIECE <= offset;
            boolean old =
                    each.getValue().complete && now - each.getValue().asked > Node.VALID_NANOS;
            if ((behind || old) && readers.isEmpty()) {
                if (behind) {
                    ahead = Math.min(MOST_AHEAD, ahead * 2);
                }
                each.getValue().release();
                all.remove();
            }
        }
    }

    private void serve() {
        readers.removeIf(this::serve);
    }

    /** True when the reader has its answer. */
    private boolean serve(Reader reader) {
        long end = reader.offset() + reader.size();
        for (long at = reader.offset(); at < end; at += PIECE - at % PIECE) {
            Piece piece = pieces.get(at / PIECE);
            if (piece == null || piece.errno != 0) {
                kernel.error(reader.unique(), piece == null ? Errno.EIO : piece.errno);
                return true;
            }
            int needed = (int) Math.min(PIECE, end - at + at % PIECE);
            if (piece.data.readableBytes() < needed && !piece.complete) {
                return false;
            }
        }
        kernel.send(reader.unique(), copied(reader.offset(), end));
        return true;
    }

    /** What is there from {@code offset} on: less than asked for at the end of the file. */
    private ByteBuf copied(long offset, long end) {
        ByteBuf data = FuseOutput.data((int) (end - offset));
        for (long at = offset; at < end; ) {
            Piece piece = pieces.get(at / PIECE);
            int within = (int) (at % PIECE);
            int there = piece == null ? 0 : piece.data.readableBytes() - within;
            if (piece == null || there <= 0) {
                return data;
            }
            int count = (int) Math.min(there, end - at);
            data.writeBytes(piece.data, within, count);
            at += count;
            if (piece.data.readableBytes() < PIECE) {
                return data;
            }
        }
        return data;
    }

    synchronized void close() {
        closed = true;
        pieces.values().forEach(Piece::release);
        pieces.clear();
    }

    /** Some of the file: asked for, under way or here. */
    private final class Piece implements Answer {
        final ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE);
        final long asked = System.nanoTime();
        private final boolean first;
        boolean complete;
        int errno;
        private boolean released;

        Piece(boolean first) {
            this.first = first;
            PIECES.incrementAndGet();
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            Content content = null;
            synchronized (ReadAhead.this) {
                if (!released) {
                    data.writeBytes(body, Math.min(body.readableBytes(), data.writableBytes()));
                    complete = !more;
                    content = content();
                    serve();
                }
            }
            if (content != null) {
                whole.accept(content);
            }
        }

        /** All of the file, if it is that. */
        private @Nullable Content content() {
            FileAttributes of = seen;
            if (!first || !complete || of == null || of.size() > SmallFiles.MOST_BYTES_OF_ONE) {
                return null;
            }
            return of.size() == data.readableBytes()
                    ? new Content(of, ByteBufUtil.getBytes(data))
                    : null;
        }

        @Override
        public void failed(int why) {
            synchronized (ReadAhead.this) {
                errno = why;
                complete = true;
                if (!released) {
                    serve();
                    pieces.values().remove(this);
                    release();
                }
            }
        }

        void release() {
            if (!released) {
                released = true;
                PIECES.decrementAndGet();
                data.release();
            }
        }
    }
}
