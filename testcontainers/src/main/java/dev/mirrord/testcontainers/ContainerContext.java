package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.SharedAgent;
import dev.mirrord.session.TargetContext;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * One container's context: made when Testcontainers creates the container, closed when its program
 * has ended, however it ended. A container that is started again gets a new one.
 */
final class ContainerContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("mirrord");

    private final GenericContainer<?> container;
    private final AgentPool agents;
    private final Supplier<MirrordConfig> config;
    private final Supplier<List<String>> client;
    private @Nullable TargetContext context;
    private @Nullable SharedAgent agent;

    private ContainerContext(
            GenericContainer<?> container,
            AgentPool agents,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        this.container = container;
        this.agents = agents;
        this.config = config;
        this.client = client;
    }

    static ContainerContext attach(
            GenericContainer<?> container,
            AgentPool agents,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        ContainerContext made = new ContainerContext(container, agents, config, client);
        container.withCreateContainerCmdModifier(made::open);
        SidecarPorts.show(container, made::sidecar);
        return made;
    }

    /** Ends the container too. */
    @Override
    public void close() {
        container.stop();
        closeContext();
    }

    private void open(CreateContainerCmd create) {
        closeContext();
        SessionRequest request = new SessionRequest(config.get(), RunLine.of(create, client.get()));
        SharedAgent shared = agents.take(request.config(), new LogOutput());
        TargetContext opened;
        try {
            opened = TargetContext.openWith(shared, request, new LogOutput());
        } catch (RuntimeException failure) {
            agents.release(shared);
            throw failure;
        }
        synchronized (this) {
            context = opened;
            agent = shared;
        }
        opened.appEnded().thenRunAsync(() -> end(opened), ContainerContext::inBackground);
        opened.lost()
                .thenAcceptAsync(
                        why -> {
                            if (!opened.appEnded().isDone()) {
                                LOG.error("the session is over: {}", why);
                            }
                            end(opened);
                        },
                        ContainerContext::inBackground);
        InContext.apply(opened.container(), create);
    }

    private synchronized @Nullable String sidecar() {
        TargetContext now = context;
        return now == null || now.appEnded().isDone() || now.lost().isDone() ? null : now.sidecar();
    }

    private void closeContext() {
        TargetContext old;
        synchronized (this) {
            old = context;
        }
        if (old != null) {
            end(old);
        }
    }

    /** May be called again, also at the same time: the first lets the agent go. */
    private void end(TargetContext ended) {
        SharedAgent lease = null;
        synchronized (this) {
            if (ended.equals(context)) {
                context = null;
                lease = agent;
                agent = null;
            }
        }
        ended.close();
        if (lease != null) {
            agents.release(lease);
        }
    }

    private static void inBackground(Runnable task) {
        Thread.ofPlatform().daemon().name("mirrord-context-end").start(task);
    }
}
