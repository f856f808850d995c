package dev.mirrord.linux.namespace;

import dev.mirrord.linux.ErrnoException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that lives in a namespace and does blocking work there, task by task: what it
 * creates (sockets, processes) stays in the namespace, whoever uses it.
 */
public final class NamespaceThread implements AutoCloseable {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final NetworkNamespace namespace;
    private @Nullable ErrnoException refused;
    private boolean closed;
    private boolean ended;

    public NamespaceThread(String name, NetworkNamespace namespace) {
        this.namespace = namespace;
        Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /**
     * Runs {@code task} there; what it throws becomes the future's, and so does the reason why the
     * namespace could not be entered.
     */
    public synchronized <T extends @Nullable Object> CompletableFuture<T> call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (closed) {
            result.completeExceptionally(new IllegalStateException("the thread has ended"));
            return result;
        }
        tasks.add(
                () -> {
                    try {
                        if (refused != null) {
                            throw refused;
                        }
                        result.complete(task.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    /** What it was given until now is still done; returns at once. */
    @Override
    public synchronized void close() {
        closed = true;
        tasks.add(() -> ended = true);
    }

    private void run() {
        try {
            namespace.enter();
        } catch (ErrnoException e) {
            refused = e;
        }
        try {
            while (!ended) {
                tasks.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
