package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.Answer;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.filter.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A copied HTTP/2 connection, after its preface (RFC 9113): the streams that match go to the app on
 * a connection of their own, with the same numbers. The frames are read as they are, without the
 * rules of a connection: whether the client keeps to windows is between it and the target.
 */
final class CopiedStreams {
    private static final int HEADER = 9;
    private static final int LONGEST_FRAME = 2 << 20;
    private static final int LONGEST_HEADERS = 256 * 1024;
    private static final int LARGEST_TABLE = 1 << 20;
    private static final int MOST_STREAMS = 4096;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    private final Supplier<Optional<HttpFilter>> filters;
    private final DefaultHttp2HeadersDecoder hpack =
            new DefaultHttp2HeadersDecoder(false, LONGEST_HEADERS);
    private final FramesToApp app;

    /** The app's, and those of which the body decides; all others are nobody's. */
    private final Map<Integer, Copy> streams = new HashMap<>();

    private @Nullable ByteBuf block;
    private int blockStream;
    private boolean blockEnds;
    private int lastStream;
    private int heldBody;

    private static final class Copy {
        final Request request;
        final Http2Headers headers;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean decided;

        Copy(Request request, Http2Headers headers) {
            this.request = request;
            this.headers = headers;
        }
    }

    CopiedStreams(Supplier<Optional<HttpFilter>> filters, Consumer<ByteBuf> app) {
        this.filters = filters;
        this.app = new FramesToApp(app);
        try {
            // The target may have allowed more than the usual.
            hpack.maxHeaderTableSize(LARGEST_TABLE);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    int held() {
        ByteBuf open = block;
        return heldBody + (open == null ? 0 : open.readableBytes());
    }

    void release() {
        if (block != null) {
            block.release();
            block = null;
        }
        streams.clear();
        heldBody = 0;
    }

    /** Uses up the whole frames; false when they cannot be understood. */
    boolean take(Pieces bytes) {
        try {
            while (bytes.length() >= HEADER) {
                ByteBuf look = bytes.look();
                int at = look.readerIndex();
                int length = look.getUnsignedMedium(at);
                if (length > LONGEST_FRAME) {
                    return false;
                }
                if (bytes.length() < HEADER + length) {
                    return true;
                }
                ByteBuf frame = bytes.take(HEADER + length);
                try {
                    if (!frame(frame.skipBytes(3))) {
                        return false;
                    }
                } finally {
                    frame.release();
                }
            }
            return true;
        } catch (Http2Exception | IndexOutOfBoundsException | IllegalArgumentException e) {
            return false;
        }
    }

    private boolean frame(ByteBuf frame) throws Http2Exception {
        int type = frame.readUnsignedByte();
        int flags = frame.readUnsignedByte();
        int stream = frame.readInt() & 0x7fff_ffff;
        if ((block != null) != (type == 9) || (block != null && stream != blockStream)) {
            return false;
        }
        switch (type) {
            case 0 -> data(stream, content(frame, flags), (flags & END_STREAM) != 0);
            case 1 -> {
                ByteBuf content = content(frame, flags);
                content.skipBytes((flags & PRIORITY) != 0 ? 5 : 0);
                block = Unpooled.buffer(content.readableBytes());
                blockStream = stream;
                blockEnds = (flags & END_STREAM) != 0;
                return block(content, flags);
            }
            case 3 -> reset(stream, frame.readInt());
            case 4 -> {
                if ((flags & 1) != 0) {
                    app.acknowledge();
                }
            }
            case 9 -> {
                return block(frame, flags);
            }
            default -> {
                // Priorities, pings and windows are between client and target.
            }
        }
        return streams.size() <= MOST_STREAMS;
    }

    private static ByteBuf content(ByteBuf frame, int flags) {
        if ((flags & PADDED) == 0) {
            return frame;
        }
        int padding = frame.readUnsignedByte();
        return frame.readSlice(frame.readableBytes() - padding);
    }

    private boolean block(ByteBuf part, int flags) throws Http2Exception {
        ByteBuf all = block;
        if (all == null || all.readableBytes() + part.readableBytes() > LONGEST_HEADERS) {
            return false;
        }
        all.writeBytes(part);
        if ((flags & END_HEADERS) != 0) {
            block = null;
            try {
                headers(blockStream, hpack.decodeHeaders(blockStream, all), blockEnds);
            } finally {
                all.release();
            }
        }
        return true;
    }

    private void headers(int stream, Http2Headers headers, boolean ends) throws Http2Exception {
        if (stream > lastStream) {
            lastStream = stream;
            begin(stream, headers, ends);
            return;
        }
        Copy copy = streams.get(stream);
        if (copy == null) {
            return;
        }
        if (!copy.decided) {
            judge(stream, copy, true);
        }
        if (copy.decided) {
            app.headers(stream, headers, ends);
        }
        if (ends) {
            streams.remove(stream);
        }
    }

    private void begin(int stream, Http2Headers headers, boolean ends) throws Http2Exception {
        Copy copy = new Copy(StreamSwitch.request(headers), headers);
        Answer answer = filters.get().map(f -> f.judge(copy.request)).orElse(Answer.YES);
        if (answer == Answer.NO) {
            return;
        }
        streams.put(stream, copy);
        if (answer == Answer.YES) {
            copy.decided = true;
            app.headers(stream, headers, ends);
        } else if (ends) {
            judge(stream, copy, true);
            if (copy.decided) {
                app.end(stream);
            }
        }
        if (ends) {
            streams.remove(stream);
        }
    }

    private void data(int stream, ByteBuf content, boolean ends) throws Http2Exception {
        Copy copy = streams.get(stream);
        if (copy == null) {
            return;
        }
        if (copy.decided) {
            app.data(stream, content, ends);
        } else {
            byte[] bytes = new byte[content.readableBytes()];
            content.readBytes(bytes);
            copy.body.writeBytes(bytes);
            heldBody += bytes.length;
            int limit = filters.get().map(HttpFilter::bodyLimit).orElse(0);
            if (ends || copy.body.size() > limit) {
                judge(stream, copy, copy.body.size() <= limit);
                if (copy.decided && ends) {
                    app.end(stream);
                }
            }
        }
        if (ends) {
            streams.remove(stream);
        }
    }

    /** Sends what was held, or forgets it. */
    private void judge(int stream, Copy copy, boolean whole) throws Http2Exception {
        byte[] body = copy.body.toByteArray();
        heldBody -= body.length;
        Optional<byte[]> known = whole ? Optional.of(body) : Optional.empty();
        copy.decided = filters.get().map(f -> f.matches(copy.request, known)).orElse(true);
        if (copy.decided) {
            app.headers(stream, copy.headers, false);
            app.data(stream, Unpooled.wrappedBuffer(body), false);
        } else {
            streams.remove(stream);
        }
    }

    private void reset(int stream, int error) {
        Copy copy = streams.remove(stream);
        if (copy != null && copy.decided) {
            app.reset(stream, error);
        } else if (copy != null) {
            heldBody -= copy.body.size();
        }
    }
}
