package dev.mirrord.agent;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Lines {@code time level message key=value…} on standard error. Values are addresses, ports,
 * numbers and error texts; never payload, never the value of an environment variable.
 */
public final class AgentLog {
    private AgentLog() {}

    public static void info(String message, @Nullable Object... keyValues) {
        line("info", message, keyValues);
    }

    public static void warn(String message, @Nullable Object... keyValues) {
        line("warn", message, keyValues);
    }

    private static void line(String level, String message, @Nullable Object... keyValues) {
        StringBuilder line = new StringBuilder(120);
        line.append("time=").append(Instant.now());
        line.append(" level=").append(level).append(" msg=").append(quoted(message));
        for (int i = 0; i + 1 < keyValues.length; i += 2) {
            line.append(' ').append(keyValues[i]).append('=');
            line.append(quoted(String.valueOf(keyValues[i + 1])));
        }
        System.err.println(line);
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"');
        return plain ? value : JsonText.quote(value);
    }
}
