package dev.mirrord.protocol;

import java.util.Optional;

/** What a stream carries (docs/protocol.md, "Kinds of stream"). */
public enum StreamKind {
    TCP(1),
    UDP(2),
    QUERY(3),
    SUBSCRIBE(4),
    INCOMING_TCP(5),
    DNS(6),
    INCOMING_UDP(7),
    FILES(8),
    UNIX(9);

    private final int code;

    StreamKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The kind with this code, or empty for one that this version does not know. */
    public static Optional<StreamKind> of(int code) {
        for (StreamKind kind : values()) {
            if (kind.code == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
