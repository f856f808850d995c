package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The body that creates a container again as docker's client has created it, but with a health
 * check in exec form: the one thing that the client has no option for.
 */
final class Recreation {
    /** The engine fills them in, and refuses them in somebody else's network namespace. */
    private static final List<String> OF_THE_NAMESPACE =
            List.of("Hostname", "Domainname", "ExposedPorts", "MacAddress");

    private Recreation() {}

    /**
     * @param created what the engine tells of the container
     * @param program with its arguments, absolute or in the PATH
     */
    static ObjectNode of(JsonNode created, List<String> program) {
        ObjectNode body = created.path("Config").deepCopy();
        body.remove(OF_THE_NAMESPACE);
        ArrayNode test = body.withObject("/Healthcheck").putArray("Test").add("CMD");
        program.forEach(test::add);
        body.set("HostConfig", created.path("HostConfig").deepCopy());
        return body;
    }
}
