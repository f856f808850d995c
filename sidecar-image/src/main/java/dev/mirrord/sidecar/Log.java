package dev.mirrord.sidecar;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lines on standard error, where {@code docker logs} finds them: a constant message and key-value
 * pairs. Never payload, never the value of an environment variable. A logging framework would cost
 * a tenth of the start.
 */
public final class Log {
    private Log() {}

    public static void line(String message, @Nullable Object... pairs) {
        StringBuilder line = new StringBuilder();
        line.append(Instant.now().truncatedTo(ChronoUnit.MILLIS)).append(' ').append(message);
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            line.append(' ').append(pairs[i]).append('=').append(pairs[i + 1]);
        }
        System.err.println(line);
    }
}
