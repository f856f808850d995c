package dev.mirrord.sidecar.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileAttributes.FileTime;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.watch.Difference.Appeared;
import dev.mirrord.sidecar.watch.Difference.Changed;
import dev.mirrord.sidecar.watch.Difference.Gone;
import dev.mirrord.sidecar.watch.Difference.Moved;
import dev.mirrord.sidecar.watch.Difference.Replaced;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static final int FILE = 0100644;
    private static final int DIRECTORY = 0040755;
    private static final int LINK = 0120777;

    /**
     * @param time of content and attributes
     */
    private static DirectoryEntry entry(
            String name, int mode, long inode, long size, int time, int changed) {
        FileAttributes attributes =
                new FileAttributes(
                        1,
                        inode,
                        mode,
                        1,
                        0,
                        0,
                        0,
                        4096,
                        size,
                        8,
                        new FileTime(0, 0),
                        new FileTime(time, 0),
                        new FileTime(changed, 0),
                        new FileTime(inode, 0));
        return new DirectoryEntry(PathBytes.of(name), attributes, PathBytes.ROOT);
    }

    private static DirectoryEntry file(String name, long inode) {
        return entry(name, FILE, inode, 10, 1, 1);
    }

    private static List<Difference> between(List<DirectoryEntry> before, List<DirectoryEntry> now) {
        return Difference.between(byName(before), byName(now), true);
    }

    private static Map<PathBytes, DirectoryEntry> byName(List<DirectoryEntry> entries) {
        Map<PathBytes, DirectoryEntry> all = new LinkedHashMap<>();
        entries.forEach(each -> all.put(each.name(), each));
        return all;
    }

    @Test
    void whatIsTheSameIsNoDifference() {
        List<DirectoryEntry> all = List.of(file("a", 1), entry("d", DIRECTORY, 2, 0, 1, 1));
        assertThat(between(all, all)).isEmpty();
    }

    @Test
    void newContentIsTold() {
        DirectoryEntry longer = entry("a", FILE, 1, 11, 1, 1);
        DirectoryEntry later = entry("a", FILE, 1, 10, 2, 2);
        assertThat(between(List.of(file("a", 1)), List.of(longer)))
                .containsExactly(new Changed(longer, true, false));
        assertThat(between(List.of(file("a", 1)), List.of(later)))
                .containsExactly(new Changed(later, true, false));
    }

    @Test
    void newAttributesAreTold() {
        DirectoryEntry mode = entry("a", 0100600, 1, 10, 1, 2);
        DirectoryEntry changed = entry("a", FILE, 1, 10, 1, 2);
        assertThat(between(List.of(file("a", 1)), List.of(mode)))
                .containsExactly(new Changed(mode, false, true));
        assertThat(between(List.of(file("a", 1)), List.of(changed)))
                .containsExactly(new Changed(changed, false, true));
    }

    @Test
    void whatHappensInADirectoryIsNoChangeOfIt() {
        DirectoryEntry filled = entry("d", DIRECTORY, 2, 40, 5, 5);
        assertThat(between(List.of(entry("d", DIRECTORY, 2, 0, 1, 1)), List.of(filled))).isEmpty();
    }

    @Test
    void anotherFileOfTheSameNameHasReplacedIt() {
        DirectoryEntry other = file("a", 2);
        assertThat(between(List.of(file("a", 1)), List.of(other)))
                .containsExactly(new Replaced(other));
    }

    @Test
    void theSameFileUnderAnotherNameHasMoved() {
        DirectoryEntry moved = file("b", 1);
        assertThat(between(List.of(file("a", 1)), List.of(moved)))
                .containsExactly(new Moved(PathBytes.of("a"), moved));
    }

    @Test
    void anUpdatedConfigMapIsToldAsItWasMade() {
        DirectoryEntry first = entry("..1", DIRECTORY, 1, 0, 1, 1);
        DirectoryEntry second = entry("..2", DIRECTORY, 5, 0, 1, 1);
        DirectoryEntry data = entry("..data", LINK, 2, 3, 1, 1);
        DirectoryEntry newData = entry("..data", LINK, 6, 3, 2, 2);
        DirectoryEntry key = entry("key", LINK, 3, 10, 1, 1);
        assertThat(between(List.of(first, data, key), List.of(newData, key, second)))
                .containsExactly(
                        new Appeared(second), new Replaced(newData), new Gone(first.name()));
    }

    @Test
    void ofAnotherAgentWhatLooksAlikeIsTheSame() {
        DirectoryEntry alike = entry("a", FILE, 77, 10, 1, 9);
        DirectoryEntry longer = entry("a", FILE, 77, 11, 1, 9);
        assertThat(Difference.between(byName(List.of(file("a", 1))), byName(List.of(alike)), false))
                .isEmpty();
        assertThat(
                        Difference.between(
                                byName(List.of(file("a", 1))), byName(List.of(longer)), false))
                .containsExactly(new Changed(longer, true, false));
    }
}
