package dev.mirrord.sidecar.incoming;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Counts the HTTP/1 requests (RFC 9112) of a connection on their way to the app; the bytes pass
 * untouched. Whatever is no HTTP/1 is passed without a look from there on.
 *
 * <pre>
 *   REQUEST_LINE -&gt; HEADERS -+-&gt; BODY ----------------------+-&gt; REQUEST_LINE
 *        |            |      '-&gt; CHUNK_SIZE &lt;-&gt; CHUNK -&gt; TRAILERS -'
 *        '------------+-- no HTTP/1, CONNECT, Upgrade --&gt; OPAQUE
 * </pre>
 */
final class HttpRequests extends ChannelOutboundHandlerAdapter {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final Pattern REQUEST = Pattern.compile("[A-Z]{1,24} \\S+ HTTP/1\\.[01]");

    private final Runnable counted;
    private final StringBuilder line = new StringBuilder();
    private State state = State.REQUEST_LINE;
    private long remaining;
    private boolean chunked;
    private boolean opaque;

    private enum State {
        REQUEST_LINE,
        HEADERS,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        TRAILERS,
        OPAQUE
    }

    /**
     * @param counted run for each request, as soon as its first line is whole
     */
    HttpRequests(Runnable counted) {
        this.counted = counted;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf data) {
            look(data);
        }
        context.write(message, promise);
    }

    /** Leaves the buffer's indexes as they are. */
    void look(ByteBuf data) {
        int at = data.readerIndex();
        while (at < data.writerIndex() && state != State.OPAQUE) {
            at = isInBody() ? skip(data, at) : readLine(data, at);
        }
    }

    private boolean isInBody() {
        return state == State.BODY || state == State.CHUNK;
    }

    private int skip(ByteBuf data, int at) {
        int length = (int) Math.min(remaining, data.writerIndex() - at);
        remaining -= length;
        if (remaining == 0) {
            state = state == State.CHUNK ? State.CHUNK_SIZE : State.REQUEST_LINE;
        }
        return at + length;
    }

    private int readLine(ByteBuf data, int at) {
        int end = data.indexOf(at, data.writerIndex(), (byte) '\n');
        int until = end < 0 ? data.writerIndex() : end;
        if (line.length() + until - at > LONGEST_LINE || isForeign(data.getByte(at))) {
            state = State.OPAQUE;
            return until;
        }
        line.append(data.toString(at, until - at, StandardCharsets.ISO_8859_1));
        if (end < 0) {
            return until;
        }
        String whole = line.toString().strip();
        line.setLength(0);
        state = next(whole);
        return end + 1;
    }

    /** Most other protocols show by their first byte. */
    private boolean isForeign(byte first) {
        return state == State.REQUEST_LINE
                && line.isEmpty()
                && (first < 'A' || first > 'Z')
                && first != '\r'
                && first != '\n';
    }

    private State next(String whole) {
        return switch (state) {
            case REQUEST_LINE -> whole.isEmpty() ? state : request(whole);
            case HEADERS -> whole.isEmpty() ? body() : header(whole);
            case CHUNK_SIZE -> chunk(whole);
            case TRAILERS -> whole.isEmpty() ? State.REQUEST_LINE : state;
            case BODY, CHUNK, OPAQUE -> state;
        };
    }

    private State request(String whole) {
        if (!REQUEST.matcher(whole).matches()) {
            return State.OPAQUE;
        }
        counted.run();
        remaining = 0;
        chunked = false;
        opaque = whole.startsWith("CONNECT ");
        return State.HEADERS;
    }

    private State header(String whole) {
        int colon = whole.indexOf(':');
        String name = whole.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
        String value = whole.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
        switch (name) {
            case "content-length" -> remaining = number(value, 10);
            case "transfer-encoding" -> chunked = value.endsWith("chunked");
            case "upgrade" -> opaque = true;
            default -> {}
        }
        return remaining < 0 ? State.OPAQUE : State.HEADERS;
    }

    private State body() {
        if (opaque) {
            return State.OPAQUE;
        }
        if (chunked) {
            return State.CHUNK_SIZE;
        }
        return remaining > 0 ? State.BODY : State.REQUEST_LINE;
    }

    private State chunk(String whole) {
        long size = number(whole.replaceAll(";.*", "").strip(), 16);
        if (size < 0) {
            return State.OPAQUE;
        }
        remaining = size + 2;
        return size == 0 ? State.TRAILERS : State.CHUNK;
    }

    /** -1 for what is no number, or one that nobody sends. */
    private static long number(String digits, int radix) {
        try {
            return digits.length() > 15 ? -1 : Math.max(-1, Long.parseLong(digits, radix));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
