package dev.mirrord.sidecar.control;

import com.fasterxml.jackson.databind.JsonNode;

/** Hears the CLI; called on an event loop. */
public interface ControlListener {
    void onMessage(String type, JsonNode message);

    /** The CLI has gone. */
    void onClosed();
}
