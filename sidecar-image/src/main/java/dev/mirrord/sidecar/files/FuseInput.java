package dev.mirrord.sidecar.files;

import dev.mirrord.protocol.files.PathBytes;
import java.nio.ByteBuffer;

/**
 * A request of the kernel, {@code struct fuse_in_header} and a body, in native byte order. Valid
 * while its thread reads no other.
 */
record FuseInput(ByteBuffer buffer, int length) {
    private static final int HEADER = 40;

    int opcode() {
        return buffer.getInt(4);
    }

    long unique() {
        return buffer.getLong(8);
    }

    long node() {
        return buffer.getLong(16);
    }

    /** An int of the body. */
    int integer(int at) {
        return buffer.getInt(HEADER + at);
    }

    /** A long of the body. */
    long number(int at) {
        return buffer.getLong(HEADER + at);
    }

    /** A string of the body, which ends in NUL. */
    PathBytes name(int at) {
        int end = HEADER + at;
        while (end < length && buffer.get(end) != 0) {
            end++;
        }
        return bytes(at, end - HEADER - at);
    }

    PathBytes bytes(int at, int count) {
        byte[] bytes = new byte[count];
        buffer.get(HEADER + at, bytes);
        return new PathBytes(bytes);
    }

    /** Part of the body as a buffer of its own position and limit. */
    ByteBuffer data(int at, int count) {
        return buffer.slice(HEADER + at, count);
    }
}
