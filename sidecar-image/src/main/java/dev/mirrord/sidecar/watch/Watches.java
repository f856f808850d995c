package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.files.TargetView;
import dev.mirrord.sidecar.files.TargetView.Found;
import dev.mirrord.sidecar.files.TargetView.Listing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All that the app watches in the target. While there is something, the target is looked at twice a
 * second; what differs from the last look is done to the shadow.
 *
 * <pre>
 *   add --resolve--&gt; path --look, unless somebody watches it--&gt; shadow --inotify_add_watch--&gt; wd
 *   round: who still watches? --nobody--&gt; no more rounds
 *            '--&gt; look at all of it --&gt; forget what the mount remembers --&gt; replay --&gt; next round
 * </pre>
 */
public final class Watches implements AutoCloseable {
    /** A directory with more entries cannot be watched. */
    static final int MOST_ENTRIES = 20_000;

    private static final int DONT_FOLLOW = 0x02000000;
    private static final int RESOLVERS = 4;
    private static final long IDLE_SECONDS = 10;

    private final TargetView target;
    private final Path mountPoint;
    private final Path shadowPoint;
    private final Consumer<String> notice;
    private final ScheduledExecutorService thread =
            new ScheduledThreadPoolExecutor(
                    1, task -> Thread.ofPlatform().name("watches").daemon().unstarted(task));
    private final ExecutorService resolvers = resolvers();
    private @Nullable Shadow shadow;
    private @Nullable Watchers watchers;
    private volatile boolean looking;
    private boolean told;
    private final AtomicLong rounds = new AtomicLong();

    /**
     * @param mountPoint of the target's files
     * @param shadowPoint for a file system of our own, made when it is needed
     * @param notice takes a sentence for the user
     */
    public Watches(TargetView target, Path mountPoint, Path shadowPoint, Consumer<String> notice) {
        this.target = target;
        this.mountPoint = mountPoint;
        this.shadowPoint = shadowPoint;
        this.notice = notice;
    }

    /** They wait for the file system that this process itself serves. */
    private static ExecutorService resolvers() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        RESOLVERS,
                        RESOLVERS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> Thread.ofPlatform().name("watch-path").daemon().unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Makes a watch of the app's.
     *
     * @param inotify the app's descriptor, which is closed when the answer is given
     * @param path in the target
     * @param answer takes what inotify_add_watch(2) returns, or {@code -errno}; on any thread
     */
    public void add(int inotify, int mask, byte[] path, IntConsumer answer) {
        Request request = new Request(inotify, mask & ~DONT_FOLLOW, answer);
        resolvers.execute(
                () -> {
                    try {
                        boolean follow = (mask & DONT_FOLLOW) == 0;
                        PathBytes resolved = TargetPath.resolve(mountPoint, path, follow);
                        thread.execute(guarded(request, () -> begin(request, resolved)));
                    } catch (ErrnoException e) {
                        request.answer(-e.errno());
                    }
                });
    }

    private static final class Request {
        final int inotify;
        final int mask;
        private final IntConsumer answer;
        private boolean answered;

        Request(int inotify, int mask, IntConsumer answer) {
            this.inotify = inotify;
            this.mask = mask;
            this.answer = answer;
        }

        /** The first answer counts. */
        synchronized void answer(int result) {
            if (!answered) {
                answered = true;
                Descriptors.close(inotify);
                answer.accept(result);
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static Runnable guarded(Request request, Step step) {
        return () -> {
            try {
                step.run();
            } catch (ErrnoException e) {
                Log.line("cannot watch", "why", e);
                request.answer(-e.errno());
            } catch (IOException | RuntimeException e) {
                Log.line("cannot watch", "why", e);
                request.answer(-Errno.EIO);
            }
        };
    }

    private Shadow shadow() throws IOException {
        Shadow made = shadow;
        if (made == null) {
            made = new Shadow(shadowPoint);
            shadow = made;
            watchers = new Watchers(made.device);
        }
        return made;
    }

    private void begin(Request request, PathBytes path) throws IOException {
        ShadowNode node = shadow().find(path);
        if (node != null && node.known != null && (!node.directory || node.listed)) {
            attach(request, node);
            return;
        }
        CompletableFuture<Found> found = target.lookup(path);
        CompletableFuture<Listing> listing = target.list(path, MOST_ENTRIES);
        CompletableFuture.allOf(found, listing)
                .thenRunAsync(
                        guarded(request, () -> seen(request, path, found.join(), listing.join())),
                        thread);
    }

    private void seen(Request request, PathBytes path, Found found, Listing listing)
            throws IOException {
        DirectoryEntry entry = found.entry();
        if (entry == null) {
            request.answer(-found.errno());
            return;
        }
        boolean directory = entry.attributes().isDirectory();
        if (directory && listing.errno() != 0) {
            request.answer(-listing.errno());
            return;
        }
        if (directory && listing.cut()) {
            refuse(request, "/" + path + " has more than " + MOST_ENTRIES + " entries");
            return;
        }
        Shadow tree = shadow();
        if (tree.isFull(listing.entries().size() + path.length())) {
            refuse(request, "the app watches " + tree.size() + " files of the target already");
            return;
        }
        ShadowNode node = tree.establish(path, entry, found.source());
        if (directory && !node.listed) {
            tree.list(node, listing.entries(), listing.source());
            target.seen(path, listing.entries());
        }
        target.seen(path.parent(), Set.of(entry));
        attach(request, node);
    }

    private void refuse(Request request, String why) {
        if (!told) {
            told = true;
            notice.accept(why + ": no more can be watched (ENOSPC)");
        }
        request.answer(-Errno.ENOSPC);
    }

    private void attach(Request request, ShadowNode node) throws IOException {
        Watchers known = watchers;
        if (known == null) {
            throw new IllegalStateException("no shadow");
        }
        int file = shadow().open(node);
        int watch = known.add(request.inotify, request.mask, file, node.inode);
        Descriptors.close(file);
        request.answer(watch);
        if (!looking) {
            looking = true;
            Log.line("watching the target");
            again(Round.PAUSE_MILLIS);
        }
    }

    private void again(long millis) {
        thread.schedule(this::round, millis, TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            begin();
        } catch (IOException | RuntimeException e) {
            Log.line("cannot look at what is watched", "why", e);
            again(Round.PAUSE_MILLIS);
        }
    }

    private void begin() throws IOException {
        Shadow tree = shadow();
        Watchers known = watchers;
        Set<Long> watched = known == null ? Set.of() : known.watched();
        tree.keepOnly(watched);
        Round round = new Round(target, tree, watched);
        if (round.isEmpty()) {
            looking = false;
            Log.line("nothing of the target is watched any more", "rounds", rounds);
            return;
        }
        rounds.incrementAndGet();
        round.ask().thenRunAsync(() -> finish(round), thread);
    }

    private void finish(Round round) {
        try {
            round.finish();
        } catch (IOException | RuntimeException e) {
            Log.line("cannot tell of a change in the target", "why", e);
        }
        again(round.pauseMillis());
    }

    /** Whether the target is looked at now and then. */
    public boolean isLooking() {
        return looking;
    }

    /** How often it has been. */
    public long rounds() {
        return rounds.get();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        resolvers.shutdownNow();
        if (shadow != null) {
            shadow.close();
        }
        if (watchers != null) {
            watchers.close();
        }
    }
}
