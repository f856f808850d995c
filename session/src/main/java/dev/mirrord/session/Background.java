package dev.mirrord.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Steps of a session that run side by side, each on a virtual thread. */
final class Background {
    static final Executor EXECUTOR =
            task -> Thread.ofPlatform().daemon().name("mirrord-session").start(task);

    private Background() {}

    static <T> CompletableFuture<T> start(String name, Supplier<T> step) {
        return CompletableFuture.supplyAsync(
                step, task -> Thread.ofPlatform().daemon().name("mirrord-" + name).start(task));
    }
}
