package dev.mirrord.testcontainers;

import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.SharedAgent;
import dev.mirrord.session.TargetContext;

/** A context, and its lease of an agent. */
record OpenContext(
        SessionRequest request, TargetContext context, SharedAgent agent, AgentPool agents)
        implements AutoCloseable {
    /**
     * @throws dev.mirrord.session.SessionFailure when it cannot be made; nothing is left then
     */
    static OpenContext of(SessionRequest request, AgentPool agents) {
        SharedAgent agent = agents.take(request.config(), new LogOutput());
        try {
            return new OpenContext(
                    request,
                    TargetContext.openWith(agent, request, new LogOutput()),
                    agent,
                    agents);
        } catch (RuntimeException failure) {
            agents.release(agent);
            throw failure;
        }
    }

    boolean isFor(SessionRequest other) {
        return request.equals(other);
    }

    boolean isAlive() {
        return !context.appEnded().isDone() && !context.lost().isDone();
    }

    /** Called once. */
    @Override
    public void close() {
        context.close();
        agents.release(agent);
    }
}
