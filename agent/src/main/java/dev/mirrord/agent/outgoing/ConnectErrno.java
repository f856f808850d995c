package dev.mirrord.agent.outgoing;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The errno of a failed connect(2). Netty tells some of them by text alone. */
public final class ConnectErrno {
    private static final int ECONNREFUSED = 111;
    private static final int ETIMEDOUT = 110;
    private static final Map<String, Integer> TEXTS =
            Map.of(
                    "Operation not permitted", 1,
                    "Permission denied", 13,
                    "Invalid argument", 22,
                    "Too many open files", 24,
                    "Cannot assign requested address", 99,
                    "Network is unreachable", 101,
                    "Connection reset by peer", 104,
                    "Connection timed out", ETIMEDOUT,
                    "Connection refused", ECONNREFUSED,
                    "No route to host", 113);

    private ConnectErrno() {}

    public static int of(Throwable failure) {
        for (@Nullable Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof ConnectTimeoutException) {
                return ETIMEDOUT;
            }
            if (e instanceof NativeIoException known) {
                return -known.expectedErr();
            }
            String text = String.valueOf(e.getMessage());
            for (Map.Entry<String, Integer> entry : TEXTS.entrySet()) {
                if (text.contains(entry.getKey())) {
                    return entry.getValue();
                }
            }
        }
        return ECONNREFUSED;
    }
}
