package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a message's body (RFC 9112, 6 and 7), in however many pieces it comes.
 *
 * <pre>
 *   chunked:  SIZE -&gt; [EXTENSION] -&gt; SIZE_LF -&gt; DATA -&gt; DATA_CR -&gt; DATA_LF -&gt; SIZE
 *                                        '-size 0-&gt; TRAILER -&gt; TRAILER_LINE … -&gt; LAST_LF -&gt; OVER
 *   by length: DATA -&gt; OVER          until the end of the connection: ENDLESS
 * </pre>
 */
final class Body {
    private static final int MOST_DIGITS = 15;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER,
        TRAILER_LINE,
        TRAILER_LF,
        LAST_LF,
        ENDLESS,
        MALFORMED,
        OVER
    }

    private final boolean chunked;
    private State state;
    private long left;
    private int digits;

    private Body(State state, boolean chunked, long left) {
        this.state = state;
        this.chunked = chunked;
        this.left = left;
    }

    static Body ofLength(long length) {
        return new Body(length == 0 ? State.OVER : State.DATA, false, length);
    }

    static Body chunked() {
        return new Body(State.SIZE, true, 0);
    }

    static Body endless() {
        return new Body(State.ENDLESS, false, 0);
    }

    /** A body of this kind of which nothing has been seen. */
    Body fresh() {
        return chunked ? chunked() : ofLength(left);
    }

    boolean isChunked() {
        return chunked;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    boolean isEndless() {
        return state == State.ENDLESS;
    }

    /** True when it cannot be told where the body ends. */
    boolean isMalformed() {
        return state == State.MALFORMED;
    }

    /** How many of the readable bytes belong to the body, before its end or a malformed byte. */
    int extent(ByteBuf data) {
        return extent(data, 0);
    }

    /**
     * The same, of the bytes behind others.
     *
     * @param before how many readable bytes come before the body
     */
    int extent(ByteBuf data, int before) {
        int start = data.readerIndex() + before;
        int end = data.writerIndex();
        int at = start;
        while (at < end) {
            switch (state) {
                case ENDLESS -> {
                    return end - start;
                }
                case OVER, MALFORMED -> {
                    return at - start;
                }
                case DATA -> {
                    long skipped = Math.min(left, end - at);
                    left -= skipped;
                    at += (int) skipped;
                    if (left == 0) {
                        state = chunked ? State.DATA_CR : State.OVER;
                    }
                }
                default -> {
                    state = next(data.getByte(at));
                    if (state == State.MALFORMED) {
                        return at - start;
                    }
                    at++;
                }
            }
        }
        return at - start;
    }

    private State next(byte read) {
        return switch (state) {
            case SIZE -> size(read);
            case EXTENSION ->
                    read == '\r' ? State.SIZE_LF : read == '\n' ? State.MALFORMED : State.EXTENSION;
            case SIZE_LF -> read != '\n' ? State.MALFORMED : chunk();
            case DATA_CR -> read == '\r' ? State.DATA_LF : State.MALFORMED;
            case DATA_LF -> read == '\n' ? State.SIZE : State.MALFORMED;
            case TRAILER ->
                    read == '\r'
                            ? State.LAST_LF
                            : read == '\n' ? State.MALFORMED : State.TRAILER_LINE;
            case TRAILER_LINE ->
                    read == '\r'
                            ? State.TRAILER_LF
                            : read == '\n' ? State.MALFORMED : State.TRAILER_LINE;
            case TRAILER_LF -> read == '\n' ? State.TRAILER : State.MALFORMED;
            case LAST_LF -> read == '\n' ? State.OVER : State.MALFORMED;
            case DATA, ENDLESS, OVER, MALFORMED -> state;
        };
    }

    private State size(byte read) {
        int digit = Character.digit(read, 16);
        if (digit >= 0 && digits < MOST_DIGITS) {
            left = left * 16 + digit;
            digits++;
            return State.SIZE;
        }
        if (digits == 0) {
            return State.MALFORMED;
        }
        return switch (read) {
            case '\r' -> State.SIZE_LF;
            case ';', ' ', '\t' -> State.EXTENSION;
            default -> State.MALFORMED;
        };
    }

    private State chunk() {
        digits = 0;
        return left == 0 ? State.TRAILER : State.DATA;
    }
}
