package dev.mirrord.agent.target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds the first process of a container by the container's ID in /proc/PID/cgroup. Works for
 * control groups v1 and v2, and in a private control group namespace, where the paths of others
 * begin with {@code /../..}.
 */
public final class ContainerSearch {
    private final Path proc;

    /**
     * @param proc /proc but in tests
     */
    public ContainerSearch(Path proc) {
        this.proc = proc;
    }

    /** The process ID of the container's init, as this process sees it. */
    public OptionalLong find(String containerId) throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        for (Path process : processes(containerId)) {
            try {
                candidates.add(Candidate.read(process));
            } catch (IOException e) {
                // It ended while we looked: then it is not the one.
            }
        }
        return candidates.stream()
                .min(Comparator.naturalOrder())
                .map(found -> OptionalLong.of(found.pid))
                .orElseGet(OptionalLong::empty);
    }

    /** The directories below /proc of all processes of the container. */
    public List<Path> processes(String containerId) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(proc, ContainerSearch::isProcess)) {
            for (Path process : processes) {
                try {
                    if (isIn(containerId, text(process.resolve("cgroup")))) {
                        found.add(process);
                    }
                } catch (IOException e) {
                    // It ended while we looked.
                }
            }
        }
        return found;
    }

    /** True when one of the lines {@code hierarchy:controllers:path} names the container. */
    static boolean isIn(String containerId, String cgroup) {
        return cgroup.lines()
                .map(line -> line.substring(line.indexOf(':', line.indexOf(':') + 1) + 1))
                .anyMatch(path -> names(path, containerId));
    }

    /** The ID stands alone or between a runtime's prefix and {@code .scope} in one of the parts. */
    private static boolean names(String path, String containerId) {
        for (String part : path.split("/")) {
            String name = part.endsWith(".scope") ? part.substring(0, part.length() - 6) : part;
            if (name.equals(containerId)
                    || name.endsWith("-" + containerId)
                    || name.endsWith(":" + containerId)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isProcess(Path entry) {
        return Character.isDigit(entry.getFileName().toString().charAt(0));
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    /**
     * @param innermost process ID in its own PID namespace
     * @param started clock ticks after boot
     */
    private record Candidate(long pid, long innermost, long started)
            implements Comparable<Candidate> {
        static Candidate read(Path process) throws IOException {
            String stat = text(process.resolve("stat"));
            // Field 22 of proc(5); the name in field 2 may hold blanks and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            String pids =
                    text(process.resolve("status"))
                            .lines()
                            .filter(line -> line.startsWith("NSpid:"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no NSpid in " + process));
            return new Candidate(
                    Long.parseLong(process.getFileName().toString()),
                    Long.parseLong(pids.substring(pids.lastIndexOf('\t') + 1)),
                    Long.parseLong(fields[19]));
        }

        /** An init comes first; without one (shared PID namespace) the oldest. */
        @Override
        public int compareTo(Candidate other) {
            int byInit = Boolean.compare(other.innermost == 1, innermost == 1);
            if (byInit != 0) {
                return byInit;
            }
            int byAge = Long.compare(started, other.started);
            return byAge != 0 ? byAge : Long.compare(innermost, other.innermost);
        }
    }
}
