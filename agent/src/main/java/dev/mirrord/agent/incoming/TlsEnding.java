package dev.mirrord.agent.incoming;

import com.fasterxml.jackson.databind.JsonNode;

/** Makes a source of connections one whose TLS ends at the agent. */
public interface TlsEnding {
    /**
     * @param json what the subscription says of TLS
     * @throws IllegalArgumentException when it is not of the form that docs/protocol.md says
     */
    PortSource over(PortSource source, JsonNode json);
}
