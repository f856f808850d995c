package dev.mirrord.protocol.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Hears of the life of a tunnel, on its event loop. */
public interface TunnelListener {
    /** Both sides have said HELLO. */
    void onReady(Tunnel tunnel, JsonNode hello);

    /**
     * The tunnel is gone; every stream on it was reset before. {@code cause} is null for a close
     * without an error.
     */
    void onClosed(Tunnel tunnel, @Nullable Throwable cause);
}
