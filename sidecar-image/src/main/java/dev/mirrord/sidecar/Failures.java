package dev.mirrord.sidecar;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What became of futures. */
final class Failures {
    private Failures() {}

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** True when the tunnel went away, so that another may answer. */
    static boolean isLoss(Throwable error) {
        return text(error).contains("went away");
    }

    static String text(Throwable error) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        return cause instanceof IOException
                        || cause instanceof IllegalArgumentException
                        || cause instanceof SidecarFailure
                ? String.valueOf(cause.getMessage())
                : cause.toString();
    }
}
