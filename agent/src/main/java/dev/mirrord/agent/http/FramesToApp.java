package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.function.Consumer;

/**
 * Writes an HTTP/2 connection to an app whose answers nobody sees: what it says of its settings and
 * windows is not known. So headers are written without a table, frames are as short as every
 * receiver takes them, and the app may answer as much as it likes.
 */
final class FramesToApp {
    private static final int MOST = 16 * 1024;
    private static final int WIDEST = Integer.MAX_VALUE;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final Consumer<ByteBuf> app;
    private final DefaultHttp2HeadersEncoder hpack =
            new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    private boolean begun;
    private boolean acknowledged;
    private boolean acknowledgedToApp;

    FramesToApp(Consumer<ByteBuf> app) {
        this.app = app;
        try {
            hpack.maxHeaderTableSize(0);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The client knows the target's settings; the app's are taken for the same. */
    void acknowledge() {
        acknowledged = true;
        if (begun && !acknowledgedToApp) {
            acknowledgedToApp = true;
            app.accept(header(0, SETTINGS, 1, 0));
        }
    }

    void headers(int stream, Http2Headers headers, boolean ends) throws Http2Exception {
        begin();
        ByteBuf block = Unpooled.buffer();
        hpack.encodeHeaders(stream, headers, block);
        int type = HEADERS;
        int flags = ends ? 1 : 0;
        do {
            int length = Math.min(MOST, block.readableBytes());
            boolean last = length == block.readableBytes();
            app.accept(header(length, type, flags | (last ? END_HEADERS : 0), stream));
            app.accept(block.readRetainedSlice(length));
            type = CONTINUATION;
            flags = 0;
        } while (block.isReadable());
        block.release();
    }

    /** Copies the content. */
    void data(int stream, ByteBuf content, boolean ends) {
        if (!content.isReadable() && !ends) {
            return;
        }
        do {
            int length = Math.min(MOST, content.readableBytes());
            boolean last = length == content.readableBytes();
            ByteBuf frame = header(length, DATA, last && ends ? 1 : 0, stream);
            app.accept(frame.writeBytes(content, length));
        } while (content.isReadable());
    }

    void end(int stream) {
        app.accept(header(0, DATA, 1, stream));
    }

    void reset(int stream, int error) {
        app.accept(header(4, RST_STREAM, 0, stream).writeInt(error));
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        app.accept(Http2CodecUtil.connectionPrefaceBuf().copy());
        app.accept(
                header(12, SETTINGS, 0, 0)
                        .writeShort(Http2CodecUtil.SETTINGS_ENABLE_PUSH)
                        .writeInt(0)
                        .writeShort(Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE)
                        .writeInt(WIDEST));
        app.accept(
                header(4, WINDOW_UPDATE, 0, 0)
                        .writeInt(WIDEST - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
        if (acknowledged) {
            acknowledge();
        }
    }

    private static ByteBuf header(int length, int type, int flags, int stream) {
        return Unpooled.buffer(9 + length)
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream);
    }
}
