package dev.mirrord.protocol.tunnel;

import java.io.IOException;

/** The far side has ended the tunnel, for the reason that the message gives. */
public final class GoneAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    public GoneAwayException(String message) {
        super(message);
    }
}
