package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Takes SPDY frames out of a byte stream that is cut anywhere. Payload of data frames is passed on
 * as it arrives, in slices, never gathered; the few control frames are.
 *
 * <pre>
 *   HEADER --8 bytes--> DATA    --length bytes--> HEADER
 *                  \--> CONTROL --length bytes--> HEADER
 * </pre>
 */
final class SpdyReader {

    private static final int LONGEST_CONTROL = 64 * 1024;

    /** What was read. Buffers belong to the sink. */
    interface Sink {
        void data(int stream, ByteBuf bytes);

        void end(int stream);

        void reset(int stream, int status);

        void ping(int id);

        void goAway();
    }

    private enum State {
        HEADER,
        DATA,
        CONTROL
    }

    private final Sink sink;
    private State state = State.HEADER;
    private long header;
    private int headerBytes;
    private int remaining;
    private byte[] control = new byte[0];

    SpdyReader(Sink sink) {
        this.sink = sink;
    }

    /** Consumes all of {@code bytes}; the caller keeps and releases its own reference. */
    void read(ByteBuf bytes) {
        while (bytes.isReadable()) {
            switch (state) {
                case HEADER -> readHeader(bytes);
                case DATA -> readData(bytes);
                case CONTROL -> readControl(bytes);
            }
        }
    }

    private void readHeader(ByteBuf bytes) {
        if (headerBytes == 0 && bytes.readableBytes() >= Spdy.HEADER_BYTES) {
            header = bytes.readLong();
            headerBytes = Spdy.HEADER_BYTES;
        }
        while (headerBytes < Spdy.HEADER_BYTES && bytes.isReadable()) {
            header = header << 8 | bytes.readUnsignedByte();
            headerBytes++;
        }
        if (headerBytes < Spdy.HEADER_BYTES) {
            return;
        }
        headerBytes = 0;
        remaining = (int) header & 0xffffff;
        if (header < 0) {
            if (remaining > LONGEST_CONTROL) {
                throw new CorruptedFrameException("SPDY control frame of " + remaining + " bytes");
            }
            control = new byte[remaining];
            state = State.CONTROL;
        } else {
            state = State.DATA;
        }
        if (remaining == 0) {
            finish();
        }
    }

    private void readData(ByteBuf bytes) {
        int length = Math.min(remaining, bytes.readableBytes());
        remaining -= length;
        sink.data(stream(), bytes.readRetainedSlice(length));
        if (remaining == 0) {
            finish();
        }
    }

    private void readControl(ByteBuf bytes) {
        int length = Math.min(remaining, bytes.readableBytes());
        bytes.readBytes(control, control.length - remaining, length);
        remaining -= length;
        if (remaining == 0) {
            finish();
        }
    }

    private void finish() {
        State finished = state;
        state = State.HEADER;
        if (finished == State.CONTROL) {
            dispatch((int) (header >> 32) & 0xffff);
        } else if (fin()) {
            sink.end(stream());
        }
    }

    private void dispatch(int type) {
        switch (type) {
            case Spdy.RST_STREAM -> sink.reset(word(0), word(4));
            case Spdy.PING -> sink.ping(word(0));
            case Spdy.GOAWAY -> sink.goAway();
            case Spdy.SYN_REPLY -> {
                if (fin()) {
                    sink.end(word(0));
                }
            }
            default -> {
                // SETTINGS, HEADERS, WINDOW_UPDATE: nothing that a port-forward depends on
            }
        }
    }

    private boolean fin() {
        return ((int) header >>> 24 & Spdy.FLAG_FIN) != 0;
    }

    private int stream() {
        return (int) (header >> 32) & 0x7fffffff;
    }

    private int word(int at) {
        if (control.length < at + 4) {
            throw new CorruptedFrameException("SPDY control frame is too short");
        }
        return (control[at] & 0xff) << 24
                | (control[at + 1] & 0xff) << 16
                | (control[at + 2] & 0xff) << 8
                | (control[at + 3] & 0xff);
    }
}
