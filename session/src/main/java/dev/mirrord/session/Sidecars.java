package dev.mirrord.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.sidecar.LastingControl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The sidecars that share agents. Who joins is told of the agents that there are; then everybody is
 * told of every change. State belongs to its lock.
 */
final class Sidecars implements Audience {
    private final List<LastingControl> members = new ArrayList<>();
    private final Map<String, ObjectNode> agents = new LinkedHashMap<>();
    private final BiConsumer<String, ObjectNode> known;

    /**
     * @param known hears of an agent's number and what is said of it, once its certificate is
     *     known; must not block
     */
    Sidecars(BiConsumer<String, ObjectNode> known) {
        this.known = known;
    }

    @Override
    public synchronized void tell(ObjectNode message) {
        String agent = message.path("agent").asText();
        switch (message.path("type").asText()) {
            case "agent" -> agents.put(agent, message.deepCopy());
            case "certificate" ->
                    agents.computeIfPresent(
                            agent,
                            (_, said) ->
                                    said.put(
                                            "certificateSha256",
                                            message.path("certificateSha256").asText()));
            default -> agents.remove(agent);
        }
        ObjectNode said = agents.get(agent);
        if (said != null && said.has("certificateSha256")) {
            known.accept(agent, said);
        }
        members.removeIf(member -> !hears(member, message));
    }

    private static boolean hears(LastingControl member, ObjectNode message) {
        try {
            member.send(message);
            return true;
        } catch (IOException gone) {
            return false; // its context knows by itself
        }
    }

    /**
     * @throws IOException if the sidecar has gone
     */
    synchronized void join(LastingControl member) throws IOException {
        for (ObjectNode agent : agents.values()) {
            member.send(agent.deepCopy());
        }
        members.add(member);
    }

    synchronized void leave(LastingControl member) {
        members.remove(member);
    }

    synchronized boolean hasAgents() {
        return !agents.isEmpty();
    }
}
