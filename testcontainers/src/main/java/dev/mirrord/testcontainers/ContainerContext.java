package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.SessionOutput;
import dev.mirrord.session.SessionRequest;
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
    private final Supplier<MirrordConfig> config;
    private final Supplier<List<String>> client;
    private @Nullable TargetContext context;

    private ContainerContext(
            GenericContainer<?> container,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        this.container = container;
        this.config = config;
        this.client = client;
    }

    static ContainerContext attach(
            GenericContainer<?> container,
            Supplier<MirrordConfig> config,
            Supplier<List<String>> client) {
        ContainerContext made = new ContainerContext(container, config, client);
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
        TargetContext opened =
                TargetContext.open(
                        new SessionRequest(config.get(), RunLine.of(create, client.get())),
                        new LogOutput());
        synchronized (this) {
            context = opened;
        }
        opened.appEnded().thenRunAsync(opened::close, ContainerContext::inBackground);
        opened.lost()
                .thenAcceptAsync(
                        why -> {
                            if (!opened.appEnded().isDone()) {
                                LOG.error("the session is over: {}", why);
                            }
                            opened.close();
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
            context = null;
        }
        if (old != null) {
            old.close();
        }
    }

    private static void inBackground(Runnable task) {
        Thread.ofPlatform().daemon().name("mirrord-context-end").start(task);
    }

    private static final class LogOutput implements SessionOutput {
        @Override
        public void notice(String text) {
            LOG.info("{}", text);
        }

        @Override
        public void detail(String text) {
            LOG.debug("{}", text);
        }
    }
}
