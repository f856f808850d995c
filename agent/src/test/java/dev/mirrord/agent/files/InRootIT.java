package dev.mirrord.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever links and dots a target's tree has, a path in it leads to something in it. */
class InRootIT {
    private static final int SEEDS = 60;
    private static final int PATHS = 400;
    private static final String[] PARTS = {"a", "b", "c", "..", ".", "", "d"};

    @TempDir private Path directory;

    @Test
    void noPathLeadsOutOfTheRoot() throws Exception {
        int found = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Path root = tree(seed, random);
            Set<Long> inside = inodes(root);
            int fd = open(root);
            for (int i = 0; i < PATHS; i++) {
                String path = path(random, 1 + random.nextInt(8));
                int flags = OpenFlags.PATH | (random.nextBoolean() ? OpenFlags.NO_FOLLOW : 0);
                int opened =
                        FileCalls.openInRoot(fd, path.getBytes(StandardCharsets.UTF_8), flags, 0);
                if (opened >= 0) {
                    Scratch scratch = new Scratch();
                    assertThat(scratch.status(opened)).isZero();
                    assertThat(inside)
                            .as("seed %d: %s", seed, path)
                            .contains(scratch.attributes().inode());
                    found++;
                    Descriptors.close(opened);
                }
            }
            Descriptors.close(fd);
        }
        assertThat(found).isGreaterThan(SEEDS);
    }

    private int open(Path root) {
        int fd =
                FileCalls.open(
                        root.toString().getBytes(StandardCharsets.UTF_8),
                        OpenFlags.PATH | OpenFlags.DIRECTORY);
        assertThat(fd).isNotNegative();
        return fd;
    }

    /** Directories, files and links, many of which lead up, out, in circles or nowhere. */
    private Path tree(int seed, Random random) throws IOException {
        Path outside = Files.createDirectories(directory.resolve("tree" + seed));
        Files.writeString(outside.resolve("a"), "outside");
        Path root = Files.createDirectory(outside.resolve("root"));
        List<Path> directories = new ArrayList<>(List.of(root));
        for (int i = 0; i < 25; i++) {
            Path at = directories.get(random.nextInt(directories.size()));
            Path made = at.resolve("abcd".substring(random.nextInt(4)).substring(0, 1));
            if (Files.exists(made, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(3)) {
                case 0 -> directories.add(Files.createDirectory(made));
                case 1 -> Files.writeString(made, "inside");
                default -> {
                    String to = path(random, 1 + random.nextInt(5));
                    boolean absolute = random.nextBoolean();
                    String target = absolute ? "/" + to : to.isEmpty() ? "." : to;
                    Files.createSymbolicLink(
                            made, Path.of(random.nextInt(5) == 0 ? outside.toString() : target));
                }
            }
        }
        return root;
    }

    private static String path(Random random, int parts) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            path.append(i == 0 ? "" : "/").append(PARTS[random.nextInt(PARTS.length)]);
        }
        return path.toString();
    }

    private static Set<Long> inodes(Path root) throws IOException {
        Set<Long> inodes = new HashSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                inodes.add(
                        (Long)
                                Files.getAttribute(
                                        each, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS));
            }
        }
        return inodes;
    }
}
