package dev.mirrord.sidecar.watch;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.PathBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened to one entry of a directory between two looks at it. */
sealed interface Difference {
    /** The same file has another name. */
    record Moved(PathBytes from, DirectoryEntry entry) implements Difference {}

    record Appeared(DirectoryEntry entry) implements Difference {}

    /** The name stands for another file. */
    record Replaced(DirectoryEntry entry) implements Difference {}

    record Changed(DirectoryEntry entry, boolean content, boolean attributes)
            implements Difference {}

    record Gone(PathBytes name) implements Difference {}

    /**
     * In an order in which they may well have happened: what is new first, what is gone last, as
     * whoever replaces a directory does it (a ConfigMap's new files are there before {@code ..data}
     * leads to them).
     *
     * @param sameSource false when another agent was asked: its inodes are others, and what looks
     *     alike is taken for the same
     */
    static List<Difference> between(
            Map<PathBytes, DirectoryEntry> before,
            Map<PathBytes, DirectoryEntry> now,
            boolean sameSource) {
        Map<PathBytes, DirectoryEntry> gone = new LinkedHashMap<>(before);
        gone.keySet().removeAll(now.keySet());
        List<Difference> moved = new ArrayList<>();
        List<Difference> others = new ArrayList<>();
        List<Difference> changed = new ArrayList<>();
        for (DirectoryEntry entry : now.values()) {
            DirectoryEntry old = before.get(entry.name());
            if (old != null) {
                compare(old, entry, sameSource, changed);
                continue;
            }
            PathBytes from = sameSource ? takeSame(gone, entry.attributes()) : null;
            if (from != null) {
                moved.add(new Moved(from, entry));
            } else {
                others.add(new Appeared(entry));
            }
        }
        moved.addAll(others);
        moved.addAll(changed);
        gone.keySet().forEach(name -> moved.add(new Gone(name)));
        return moved;
    }

    private static @Nullable PathBytes takeSame(
            Map<PathBytes, DirectoryEntry> gone, FileAttributes attributes) {
        for (DirectoryEntry each : gone.values()) {
            if (each.attributes().isSameFile(attributes)) {
                gone.remove(each.name());
                return each.name();
            }
        }
        return null;
    }

    private static void compare(
            DirectoryEntry old, DirectoryEntry entry, boolean sameSource, List<Difference> found) {
        FileAttributes before = old.attributes();
        FileAttributes now = entry.attributes();
        boolean same =
                sameSource
                        ? before.isSameFile(now)
                        : before.type() == now.type() && old.link().equals(entry.link());
        if (!same) {
            found.add(new Replaced(entry));
            return;
        }
        boolean content =
                !now.isDirectory()
                        && (before.size() != now.size()
                                || !before.modified().equals(now.modified()));
        boolean attributes =
                before.mode() != now.mode()
                        || before.uid() != now.uid()
                        || before.gid() != now.gid()
                        || (!now.isDirectory() && sameSource && attributesOnly(before, now));
        if (content || attributes) {
            found.add(new Changed(entry, content, attributes));
        }
    }

    private static boolean attributesOnly(FileAttributes before, FileAttributes now) {
        return before.links() != now.links()
                || (before.size() == now.size()
                        && before.modified().equals(now.modified())
                        && !before.changed().equals(now.changed()));
    }
}
