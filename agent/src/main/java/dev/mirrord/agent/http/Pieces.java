package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/** Bytes that have come and have not been passed on, in the order of their coming. */
final class Pieces {
    private @Nullable ByteBuf held;
    private int searched;

    /** Ownership passes. */
    void add(ByteBuf data) {
        ByteBuf before = held;
        if (before == null || !before.isReadable()) {
            release();
            held = data;
            return;
        }
        held = joined(before, data);
    }

    /** Puts what was taken out back before the rest. Ownership passes. */
    void putBack(ByteBuf data) {
        ByteBuf after = held;
        searched = 0;
        held = after == null ? data : joined(data, after);
    }

    private static ByteBuf joined(ByteBuf first, ByteBuf second) {
        ByteBuf both = first.alloc().buffer(first.readableBytes() + second.readableBytes());
        both.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return both;
    }

    boolean isEmpty() {
        return held == null || !held.isReadable();
    }

    int length() {
        return held == null ? 0 : held.readableBytes();
    }

    /** To look at; must not be empty. */
    ByteBuf look() {
        ByteBuf now = held;
        if (now == null) {
            throw new IllegalStateException("there is nothing");
        }
        return now;
    }

    /** Takes the first bytes out; the caller owns them. */
    ByteBuf take(int length) {
        ByteBuf now = look();
        searched = 0;
        if (length == now.readableBytes()) {
            held = null;
            return now;
        }
        return now.readRetainedSlice(length);
    }

    /** The length of a head up to its blank line, inclusive; -1 if that has not come. */
    int headLength() {
        ByteBuf now = look();
        int start = now.readerIndex();
        int at = start + searched;
        while (true) {
            int end = now.forEachByte(at, now.writerIndex() - at, ByteProcessor.FIND_LF);
            if (end < 0) {
                searched = Math.max(0, now.readableBytes() - 3);
                return -1;
            }
            if (end - start >= 3
                    && now.getByte(end - 1) == '\r'
                    && now.getByte(end - 2) == '\n'
                    && now.getByte(end - 3) == '\r') {
                return end + 1 - start;
            }
            at = end + 1;
        }
    }

    void release() {
        if (held != null) {
            held.release();
            held = null;
        }
        searched = 0;
    }
}
