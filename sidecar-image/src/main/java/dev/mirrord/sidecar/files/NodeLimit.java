package dev.mirrord.sidecar.files;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The kernel remembers names as long as it has memory, and this process as long as the kernel: when
 * there are too many, the kernel is asked to forget the oldest.
 */
final class NodeLimit {
    private static final int MOST_NODES = 8_000;
    private static final int AT_ONCE = 4_000;
    private static final long PAUSE_NANOS = 20_000_000;

    private final NodeTree tree;
    private final FuseOutput kernel;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().name("files-limit").daemon().unstarted(task));

    NodeLimit(NodeTree tree, FuseOutput kernel) {
        this.tree = tree;
        this.kernel = kernel;
    }

    /** To be called now and then; does its work elsewhere. */
    void check() {
        if (tree.size() > MOST_NODES && busy.compareAndSet(false, true)) {
            thread.execute(
                    () -> {
                        tree.unused(AT_ONCE)
                                .forEach(each -> kernel.forget(each.directory(), each.name()));
                        LockSupport.parkNanos(PAUSE_NANOS);
                        busy.set(false);
                    });
        }
    }
}
