package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request's body that has come as a whole, without the marks of its chunks. */
final class WholeBody {
    private WholeBody() {}

    /**
     * Leaves the buffer's indexes as they are.
     *
     * @param data begins with the body
     * @return empty while it is not complete, or when it is malformed
     */
    static Optional<byte[]> of(Body kind, ByteBuf data) {
        Body body = kind.fresh();
        int length = body.isOver() ? 0 : body.extent(data);
        if (!body.isOver()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        data.getBytes(data.readerIndex(), bytes);
        return Optional.of(body.isChunked() ? withoutMarks(bytes) : bytes);
    }

    private static byte[] withoutMarks(byte[] chunked) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = at;
            while (chunked[end] != '\r') {
                end++;
            }
            String line = new String(chunked, at, end - at, StandardCharsets.ISO_8859_1);
            int size = Integer.parseInt(line.split("[; \t]", 2)[0], 16);
            if (size == 0) {
                return whole.toByteArray();
            }
            whole.write(chunked, end + 2, size);
            at = end + 2 + size + 2;
        }
    }
}
