package dev.mirrord.session.kubernetes.tunnel;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * For a forward to a pod that is still being started: refusals count only once it has answered, or
 * once its start has failed. Belongs to one forward.
 */
public final class Patience {
    static final long PAUSE_MILLISECONDS = 30;

    private final CompletableFuture<?> start;
    private final CompletableFuture<@Nullable Void> heard = new CompletableFuture<>();

    /**
     * @param start completes when the pod listens, or exceptionally when it never will
     */
    public Patience(CompletableFuture<?> start) {
        this.start = start;
    }

    /** Completes with the pod's first byte. */
    public CompletableFuture<@Nullable Void> firstByte() {
        return heard;
    }

    boolean goesOn() {
        return !start.isDone();
    }

    void heard() {
        heard.complete(null);
    }
}
