package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.TargetContext;
import java.util.List;
import java.util.Optional;
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
    private final NextContext next;
    private final Supplier<MirrordConfig> config;
    private final Supplier<List<String>> client;
    private @Nullable OpenContext current;

    private ContainerContext(
            GenericContainer<?> container,
            AgentPool agents,
            NextContext next,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        this.container = container;
        this.agents = agents;
        this.next = next;
        this.config = config;
        this.client = client;
    }

    static ContainerContext attach(
            GenericContainer<?> container,
            AgentPool agents,
            NextContext next,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        ContainerContext made = new ContainerContext(container, agents, next, config, client);
        container.withCreateContainerCmdModifier(made::open);
        SidecarPorts.show(container, made::sidecar);
        next.add(made);
        return made;
    }

    /** Ends the container too. */
    @Override
    public void close() {
        container.stop();
        closeContext();
    }

    /** The context that the container would be started in now; empty when that is not known. */
    Optional<OpenContext> openAhead() {
        return NextContext.creation(container)
                .map(this::request)
                .filter(request -> !RunLine.isThereOnce(request.command()))
                .map(request -> OpenContext.of(request, agents));
    }

    private SessionRequest request(CreateContainerCmd create) {
        return new SessionRequest(config.get(), RunLine.of(create, client.get()));
    }

    private void open(CreateContainerCmd create) {
        if (NextContext.isAsking()) {
            return;
        }
        closeContext();
        SessionRequest request = request(create);
        Optional<OpenContext> ahead = next.take(this, request);
        OpenContext opened = ahead.orElseGet(() -> OpenContext.of(request, agents));
        synchronized (this) {
            current = opened;
        }
        TargetContext context = opened.context();
        next.began(opened, ahead.isPresent());
        context.appEnded().thenRunAsync(() -> end(opened), ContainerContext::inBackground);
        context.lost()
                .thenAcceptAsync(
                        why -> {
                            if (!context.appEnded().isDone()) {
                                LOG.error("the session is over: {}", why);
                            }
                            end(opened);
                        },
                        ContainerContext::inBackground);
        InContext.apply(context.container(), create);
    }

    private synchronized @Nullable String sidecar() {
        OpenContext now = current;
        return now == null || !now.isAlive() ? null : now.context().sidecar();
    }

    private void closeContext() {
        OpenContext old;
        synchronized (this) {
            old = current;
        }
        if (old != null) {
            end(old);
        }
    }

    /** May be called again, also at the same time: the first lets the agent go. */
    private void end(OpenContext ended) {
        boolean first;
        synchronized (this) {
            first = ended.equals(current);
            if (first) {
                current = null;
            }
        }
        if (first) {
            ended.close();
            next.ended();
        }
    }

    static void inBackground(Runnable task) {
        Thread.ofPlatform().daemon().name("mirrord-context-end").start(task);
    }
}
