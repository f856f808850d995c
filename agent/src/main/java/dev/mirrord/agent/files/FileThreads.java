package dev.mirrord.agent.files;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileUser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Threads that are another user for the file system, each with a queue of its own. They end with
 * their stream: a thread that has taken an identity is good for nothing else.
 */
final class FileThreads {
    /** One operation, done with a thread's own buffers. */
    interface Task extends Consumer<Scratch> {}

    private static final int THREADS = 4;

    /** Ends a thread. */
    private record End() implements Task {
        @Override
        public void accept(Scratch scratch) {}
    }

    private final List<BlockingQueue<Task>> queues = new ArrayList<>();
    private final List<CompletableFuture<Void>> ready = new ArrayList<>();

    private final List<CompletableFuture<Void>> ended = new ArrayList<>();

    FileThreads(FileUser user) {
        for (int i = 0; i < THREADS; i++) {
            BlockingQueue<Task> queue = new LinkedBlockingQueue<>();
            CompletableFuture<Void> started = new CompletableFuture<>();
            queues.add(queue);
            CompletableFuture<Void> gone = new CompletableFuture<>();
            ready.add(started);
            ended.add(gone);
            Thread.ofPlatform()
                    .name("files-" + (i + 1))
                    .daemon()
                    .start(() -> run(user, started, gone, queue));
        }
    }

    /** Completes when all are the user, or with the reason why one cannot be. */
    CompletableFuture<Void> ready() {
        return CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new));
    }

    /** What concerns one open file is done in order. */
    void submit(int handle, Task task) {
        queues.get(Math.floorMod(handle, THREADS)).add(task);
    }

    /** To the one with the least to do. */
    void submit(Task task) {
        BlockingQueue<Task> best = queues.getFirst();
        for (BlockingQueue<Task> queue : queues) {
            if (queue.size() < best.size()) {
                best = queue;
            }
        }
        best.add(task);
    }

    /** Ends the threads when they have done what they were given; {@code last} runs then. */
    void close(Runnable last) {
        queues.forEach(queue -> queue.add(new End()));
        CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new)).thenRun(last);
    }

    private static void run(
            FileUser user,
            CompletableFuture<Void> started,
            CompletableFuture<Void> ended,
            BlockingQueue<Task> queue) {
        try {
            user.assume();
            started.complete(null);
            Scratch scratch = new Scratch();
            for (Task task = queue.take(); !(task instanceof End); task = queue.take()) {
                task.accept(scratch);
            }
        } catch (ErrnoException e) {
            started.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }
}
