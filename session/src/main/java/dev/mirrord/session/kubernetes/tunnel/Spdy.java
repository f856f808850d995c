package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.Deflater;

/**
 * The frames of SPDY/3.1 that a port-forward needs. Flow control is left out on purpose: the peers
 * (moby/spdystream in kubelet and runtimes) neither send nor heed WINDOW_UPDATE, TCP's own windows
 * hold back the one stream of the connection.
 */
final class Spdy {

    static final int SYN_STREAM = 1;
    static final int SYN_REPLY = 2;
    static final int RST_STREAM = 3;
    static final int PING = 6;
    static final int GOAWAY = 7;

    static final int FLAG_FIN = 1;
    static final int HEADER_BYTES = 8;
    static final int LONGEST_DATA = 0xffffff;

    private static final int CONTROL = 0x8003_0000;
    private static final int CANCEL = 5;

    private Spdy() {}

    /** SYN_STREAM frames of one connection; their header blocks are one zlib stream. */
    static final class StreamOpener implements AutoCloseable {

        private final Deflater deflater = new Deflater();

        StreamOpener() {
            deflater.setDictionary(SpdyDictionary.BYTES);
        }

        ByteBuf open(int stream, Map<String, String> headers) {
            byte[] block = compress(block(headers));
            ByteBuf frame = Unpooled.buffer(HEADER_BYTES + 10 + block.length);
            frame.writeInt(CONTROL | SYN_STREAM);
            frame.writeInt(10 + block.length);
            frame.writeInt(stream);
            frame.writeInt(0); // associated to none
            frame.writeShort(0); // priority, slot
            frame.writeBytes(block);
            return frame;
        }

        private static byte[] block(Map<String, String> headers) {
            var out = new ByteArrayOutputStream();
            writeInt(out, headers.size());
            headers.forEach(
                    (name, value) -> {
                        writeText(out, name);
                        writeText(out, value);
                    });
            return out.toByteArray();
        }

        private byte[] compress(byte[] plain) {
            deflater.setInput(plain);
            byte[] buffer = new byte[plain.length + 256];
            int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            byte[] block = new byte[length];
            System.arraycopy(buffer, 0, block, 0, length);
            return block;
        }

        private static void writeText(ByteArrayOutputStream out, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            writeInt(out, bytes.length);
            out.writeBytes(bytes);
        }

        private static void writeInt(ByteArrayOutputStream out, int value) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
        }

        @Override
        public void close() {
            deflater.end();
        }
    }

    static ByteBuf dataHeader(int stream, int length, boolean fin) {
        ByteBuf header = Unpooled.buffer(HEADER_BYTES);
        header.writeInt(stream);
        header.writeInt((fin ? FLAG_FIN << 24 : 0) | length);
        return header;
    }

    static ByteBuf reset(int stream) {
        return control(RST_STREAM, stream, CANCEL);
    }

    static ByteBuf ping(int id) {
        return control(PING, id);
    }

    private static ByteBuf control(int type, int... words) {
        ByteBuf frame = Unpooled.buffer(HEADER_BYTES + words.length * 4);
        frame.writeInt(CONTROL | type);
        frame.writeInt(words.length * 4);
        for (int word : words) {
            frame.writeInt(word);
        }
        return frame;
    }
}
