package dev.mirrord.protocol.tunnel;

/** Codes of frames (docs/protocol.md, "Frames"). */
final class FrameType {
    static final int HELLO = 0;
    static final int OPEN = 1;
    static final int ACCEPT = 2;
    static final int REFUSE = 3;
    static final int DATA = 4;
    static final int END = 5;
    static final int RESET = 6;
    static final int WINDOW = 7;
    static final int PING = 8;
    static final int PONG = 9;
    static final int GOAWAY = 10;

    /** Bytes before the payload: length (3), type (1), stream (4). */
    static final int HEADER = 8;

    /** Largest payload that a peer may send. */
    static final int MAX_PAYLOAD = 128 * 1024;

    /**
     * Largest DATA payload that we send for byte streams: with its header exactly one TLS record.
     */
    static final int CHUNK = 16 * 1024 - HEADER;

    private FrameType() {}
}
