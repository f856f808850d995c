package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenElsewhere;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The app's inotify instances, and which of our files they watch. A watch is made by us, on the
 * app's own instance, whose descriptor is here for that moment only; afterwards it is known whether
 * the app still has the instance, but not which watches it has removed: that is read when the
 * descriptor is here the next time.
 */
final class Watchers implements AutoCloseable {
    private static final Pattern WATCH =
            Pattern.compile("inotify wd:[0-9a-f]+ ino:([0-9a-f]+) sdev:([0-9a-f]+) ");

    /** Reading all watches of an instance takes time for each of them. */
    private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long device;
    private final OpenElsewhere elsewhere;
    private final Map<Long, Instance> instances = new HashMap<>();

    private static final class Instance {
        final Set<Long> inodes = new HashSet<>();
        long readAt;
    }

    /**
     * @param device of the files that count
     */
    Watchers(long device) throws ErrnoException {
        this.device = device;
        this.elsewhere = new OpenElsewhere();
    }

    /**
     * Makes a watch.
     *
     * @param inotify the app's; stays open
     * @return its number, or {@code -errno}
     */
    int add(int inotify, int mask, int file, long inode) throws ErrnoException {
        int watch = FileCalls.watch(inotify, file, mask);
        if (watch < 0) {
            return watch;
        }
        long number = elsewhere.remember(inotify);
        List<Instance> old = takeClosed();
        Instance instance = old.size() == 1 ? old.getFirst() : new Instance();
        long now = System.nanoTime();
        instance.inodes.add(inode);
        if (old.size() != 1 || now - instance.readAt > READ_AGAIN_NANOS) {
            read(inotify, instance);
            instance.readAt = now;
        }
        instances.put(number, instance);
        return watch;
    }

    private void read(int inotify, Instance instance) {
        Set<Long> found = new HashSet<>();
        Matcher lines = WATCH.matcher(OpenElsewhere.information(inotify));
        while (lines.find()) {
            if (Long.parseLong(lines.group(2), 16) == device) {
                found.add(Long.parseUnsignedLong(lines.group(1), 16));
            }
        }
        if (!found.isEmpty()) {
            // Some kernels tell nothing.
            instance.inodes.clear();
            instance.inodes.addAll(found);
        }
    }

    /** Those that the app has no more, and the one that has just got another number. */
    private List<Instance> takeClosed() {
        Set<Long> open = elsewhere.open();
        List<Instance> closed = new ArrayList<>();
        instances
                .entrySet()
                .removeIf(each -> !open.contains(each.getKey()) && closed.add(each.getValue()));
        return closed;
    }

    /** The inodes that instances still watch, as far as is known. */
    Set<Long> watched() {
        takeClosed();
        Set<Long> all = new HashSet<>();
        instances.values().forEach(each -> all.addAll(each.inodes));
        return all;
    }

    @Override
    public void close() {
        elsewhere.close();
    }
}
