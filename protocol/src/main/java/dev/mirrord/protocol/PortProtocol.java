package dev.mirrord.protocol;

import java.util.Locale;
import java.util.Optional;

/** What a subscribed port speaks. */
public enum PortProtocol {
    TCP,
    UDP;

    /** As in docs/protocol.md, SUBSCRIBE. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<PortProtocol> of(String text) {
        for (PortProtocol each : values()) {
            if (each.text().equals(text)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
