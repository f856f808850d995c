package dev.mirrord.session.sidecar;

import com.fasterxml.jackson.databind.JsonNode;

/** Hears what the sidecar says; called on the thread that reads. */
public interface ControlListener {
    /** One message; {@code type} says which. */
    void onMessage(String type, JsonNode message);

    /** The connection ended: the sidecar has gone, or its process was restarted. */
    void onClosed();
}
