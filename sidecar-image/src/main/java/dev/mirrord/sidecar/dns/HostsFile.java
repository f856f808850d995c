package dev.mirrord.sidecar.dns;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Merges hosts(5) of the target into the engine's. */
public final class HostsFile {
    private HostsFile() {}

    /** One line: an address and its names. */
    private record Line(String address, List<String> names) {}

    /**
     * The engine's lines, the user's {@code --add-host} among them, come first and win; what the
     * target knows beyond them follows. The container's own name is the target's: its line with one
     * of {@code ownAddresses} gives way.
     */
    public static String merge(String engine, String target, Set<String> ownAddresses) {
        List<Line> theirs = parse(target);
        Set<String> targetNames = new HashSet<>();
        theirs.forEach(line -> targetNames.addAll(lower(line.names())));
        StringBuilder text = new StringBuilder();
        Set<String> taken = new HashSet<>();
        for (Line line : parse(engine)) {
            List<String> names = line.names();
            if (ownAddresses.contains(line.address())) {
                names =
                        names.stream()
                                .filter(
                                        name ->
                                                !targetNames.contains(
                                                        name.toLowerCase(Locale.ROOT)))
                                .toList();
            }
            if (!names.isEmpty()) {
                append(text, line.address(), names);
                taken.addAll(lower(names));
            }
        }
        for (Line line : theirs) {
            List<String> names =
                    line.names().stream()
                            .filter(name -> !taken.contains(name.toLowerCase(Locale.ROOT)))
                            .toList();
            if (!names.isEmpty()) {
                append(text, line.address(), names);
            }
        }
        return text.toString();
    }

    private static List<String> lower(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    private static void append(StringBuilder text, String address, List<String> names) {
        text.append(address).append('\t').append(String.join(" ", names)).append('\n');
    }

    private static List<Line> parse(String text) {
        List<Line> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            int comment = line.indexOf('#');
            String[] words =
                    (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+");
            if (words.length > 1) {
                lines.add(new Line(words[0], List.of(words).subList(1, words.length)));
            }
        }
        return lines;
    }
}
