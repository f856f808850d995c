package dev.mirrord.protocol.tunnel;

import java.io.IOException;

/**
 * The tunnel ended for a reason that the far side gave, or that its violation of the protocol gave.
 */
public final class TunnelException extends IOException {
    private static final long serialVersionUID = 1L;

    public TunnelException(String message) {
        super(message);
    }
}
