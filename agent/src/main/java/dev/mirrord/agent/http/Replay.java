package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the app has been sent of a request, as long as it can be sent to the target in its place:
 * doing it twice has to do no harm.
 */
final class Replay {
    private static final int MOST = 64 * 1024;
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS");

    private @Nullable ByteBuf kept;

    static boolean allows(RequestHead request) {
        return REPEATABLE.contains(request.request().method());
    }

    void begin(ByteBufAllocator allocator, int length) {
        forget();
        kept = allocator.buffer(length);
    }

    /** Copies what is sent now. */
    void add(ByteBuf data) {
        ByteBuf now = kept;
        if (now == null) {
            return;
        }
        if (now.readableBytes() + data.readableBytes() > MOST) {
            forget();
        } else {
            now.writeBytes(data, data.readerIndex(), data.readableBytes());
        }
    }

    /** All of it, which is then the caller's; null if it was too much or is not to be repeated. */
    @Nullable ByteBuf take() {
        ByteBuf now = kept;
        kept = null;
        return now;
    }

    void forget() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
