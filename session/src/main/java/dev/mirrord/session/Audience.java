package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Who has to know which agents there are: a sidecar, or several that share them. */
@FunctionalInterface
interface Audience {
    /**
     * @param message {@code agent}, {@code certificate} or {@code agentGone} (docs/protocol.md)
     * @throws IOException if nobody can be told any more
     */
    void tell(ObjectNode message) throws IOException;
}
