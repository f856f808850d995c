package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import dev.mirrord.session.SessionRequest;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * The context of the container that a test class will start next, made while its last one runs: a
 * sidecar takes longer to start than most apps. One at a time.
 *
 * <pre>
 *   a container's program runs --&gt; the first that never ran gets its context --taken: it is started as it was
 *                                                                             |-closed: it was changed meanwhile
 *                                                                             '-closed: nobody runs any more
 * </pre>
 */
final class NextContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("mirrord");

    /** Set while a container is asked how it would be created. */
    private static final ThreadLocal<Boolean> ASKING = ThreadLocal.withInitial(() -> false);

    private final List<ContainerContext> neverRan = new ArrayList<>();
    private @Nullable Prepared prepared;
    private CompletableFuture<?> discarded = CompletableFuture.completedFuture(null);
    private int running;
    private boolean closed;

    private record Prepared(
            ContainerContext owner, CompletableFuture<Optional<OpenContext>> context) {}

    synchronized void add(ContainerContext container) {
        neverRan.add(container);
    }

    /** The container is being started; what was made for it, if it fits. Waits while it is made. */
    Optional<OpenContext> take(ContainerContext container, SessionRequest request) {
        Prepared found;
        synchronized (this) {
            neverRan.remove(container);
            found = prepared;
            if (found == null || !found.owner().equals(container)) {
                return Optional.empty();
            }
            prepared = null;
        }
        Optional<OpenContext> made = found.context().join();
        if (made.isPresent() && !(made.get().isFor(request) && made.get().isAlive())) {
            discard(found);
            return Optional.empty();
        }
        return made;
    }

    /**
     * A container is being started in its context.
     *
     * @param wasReady it has no sidecar to wait for: the next one's can be started beside it
     */
    void began(OpenContext context, boolean wasReady) {
        synchronized (this) {
            running++;
        }
        if (wasReady) {
            prepare();
        } else {
            context.context().appStarted().thenRun(this::prepare);
        }
    }

    /** A container's context has ended. */
    void ended() {
        synchronized (this) {
            running--;
            if (running == 0 && prepared != null) {
                discard(prepared);
                prepared = null;
            }
        }
    }

    private void prepare() {
        Prepared next;
        synchronized (this) {
            if (closed || running == 0 || prepared != null || neverRan.isEmpty()) {
                return;
            }
            next = new Prepared(neverRan.getFirst(), new CompletableFuture<>());
            prepared = next;
        }
        next.context().completeAsync(() -> make(next), ContainerContext::inBackground);
    }

    private Optional<OpenContext> make(Prepared wanted) {
        try {
            Optional<OpenContext> made = wanted.owner().openAhead();
            if (made.isPresent()) {
                return made;
            }
        } catch (RuntimeException e) {
            LOG.debug("no context ahead of its container", e);
        }
        synchronized (this) {
            neverRan.remove(wanted.owner());
            if (wanted.equals(prepared)) {
                prepared = null;
            }
        }
        return Optional.empty();
    }

    private synchronized void discard(Prepared unused) {
        CompletableFuture<?> closing =
                unused.context()
                        .thenAcceptAsync(
                                made -> made.ifPresent(OpenContext::close),
                                ContainerContext::inBackground);
        discarded = CompletableFuture.allOf(discarded, closing);
    }

    /** Returns when nothing is left that was made ahead. */
    @Override
    public void close() {
        CompletableFuture<?> last;
        synchronized (this) {
            closed = true;
            if (prepared != null) {
                discard(prepared);
                prepared = null;
            }
            last = discarded;
        }
        last.join();
    }

    /**
     * How Testcontainers would create the container now; empty where others have a say in it when
     * it is started: a subclass, or a modifier beside ours.
     */
    static Optional<CreateContainerCmd> creation(GenericContainer<?> container) {
        try {
            Field modifiers =
                    GenericContainer.class.getDeclaredField("createContainerCmdModifiers");
            modifiers.setAccessible(true);
            if (isConfiguring(container.getClass())
                    || ((Set<?>) modifiers.get(container)).size() > 1) {
                return Optional.empty();
            }
            CreateContainerCmd create =
                    container.getDockerClient().createContainerCmd(container.getDockerImageName());
            Method apply =
                    GenericContainer.class.getDeclaredMethod(
                            "applyConfiguration", CreateContainerCmd.class);
            apply.setAccessible(true);
            ASKING.set(true);
            apply.invoke(container, create);
            return Optional.of(create);
        } catch (InvocationTargetException e) {
            LOG.debug("{} does not say how it is created", container, e.getCause());
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw SidecarPorts.unsupported(e);
        } finally {
            ASKING.remove();
        }
    }

    private static boolean isConfiguring(Class<?> type) {
        return !type.equals(GenericContainer.class)
                && (Arrays.stream(type.getDeclaredMethods())
                                .anyMatch(method -> method.getName().equals("configure"))
                        || isConfiguring(type.getSuperclass()));
    }

    /** Whether this thread runs {@link #creation}. */
    static boolean isAsking() {
        return ASKING.get();
    }
}
