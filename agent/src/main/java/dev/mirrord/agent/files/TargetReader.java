package dev.mirrord.agent.files;

import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Reads whole small files of the target as its user, inside its root, on a thread of its own. */
public final class TargetReader implements AutoCloseable {
    private static final int MOST = 1 << 20;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Target target;
    private volatile boolean closed;

    /** Why nothing can be read; of the thread. */
    private String broken = "";

    private int root = -1;

    /**
     * What follows an answer may start threads, which inherit who their starter is: so it does not
     * happen on the thread that is the target's user, and this one is there before it.
     */
    private final ThreadPoolExecutor answers =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task ->
                            Thread.ofPlatform()
                                    .name("target-reader-answers")
                                    .daemon()
                                    .unstarted(task));

    private TargetReader(Target target) {
        this.target = target;
        answers.prestartAllCoreThreads();
    }

    public static TargetReader start(Target target) {
        TargetReader reader = new TargetReader(target);
        Thread.ofPlatform().name("target-reader").daemon().start(reader::run);
        return reader;
    }

    /**
     * Reads a file; symbolic links are followed within the target's root.
     *
     * @param path absolute
     * @return fails with an {@link IOException} whose message is for the user
     */
    public CompletableFuture<byte[]> read(String path) {
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        tasks.add(
                () -> {
                    try {
                        byte[] content = readNow(path);
                        answers.execute(() -> done.complete(content));
                    } catch (IOException | RuntimeException e) {
                        answers.execute(() -> done.completeExceptionally(e));
                    }
                });
        return done;
    }

    /** The thread is the target's user before its first task, and good for nothing else. */
    private void run() {
        root = openRoot();
        try {
            TargetUser.of(target).assume();
        } catch (ErrnoException e) {
            broken = "the agent cannot be its user, it lacks the capability SETUID or SETGID";
        } catch (IOException e) {
            broken = "its user cannot be told: " + e.getMessage();
        }
        try {
            while (!closed) {
                tasks.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (root >= 0) {
                Descriptors.close(root);
            }
            answers.shutdown();
        }
    }

    private byte[] readNow(String path) throws IOException {
        if (!broken.isEmpty()) {
            throw new IOException("cannot read %s of the target: %s".formatted(path, broken));
        }
        return content(root, path);
    }

    /** As ourselves: the target's user may not look into another process. */
    private int openRoot() {
        String name = target.proc("root").toString();
        int opened =
                FileCalls.open(
                        name.getBytes(StandardCharsets.UTF_8),
                        OpenFlags.PATH | OpenFlags.DIRECTORY);
        if (opened == -Errno.EACCES || opened == -Errno.EPERM) {
            try {
                broken = Capabilities.own().whyUnreadable(name);
            } catch (IOException e) {
                broken = Errno.name(-opened);
            }
        } else if (opened < 0) {
            broken = "its root: " + Errno.name(-opened);
        }
        return opened;
    }

    private static byte[] content(int root, String path) throws IOException {
        byte[] name = path.substring(1).getBytes(StandardCharsets.UTF_8);
        int fd = FileCalls.openInRoot(root, name, OpenFlags.READ_ONLY | OpenFlags.NONBLOCK, 0);
        if (fd < 0) {
            throw unreadable(path, fd);
        }
        byte[] bytes = new byte[0];
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
            while (true) {
                int read = FileCalls.read(fd, buffer.clear(), bytes.length);
                if (read < 0) {
                    throw unreadable(path, read);
                }
                if (read == 0) {
                    return bytes;
                }
                int before = bytes.length;
                bytes = Arrays.copyOf(bytes, before + read);
                buffer.get(0, bytes, before, read);
                if (bytes.length > MOST) {
                    throw new IOException("%s of the target is too long".formatted(path));
                }
            }
        } finally {
            Descriptors.close(fd);
        }
    }

    private static IOException unreadable(String path, int result) {
        return new IOException(
                "cannot read %s of the target: %s".formatted(path, Errno.name(-result)));
    }

    @Override
    public void close() {
        closed = true;
        tasks.add(() -> {});
    }
}
