package dev.mirrord.session.kubernetes.cluster;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what a user who mistyped a name most likely meant. */
public final class NearestName {

    private static final int SHOWN = 5;

    private NearestName() {}

    /** Nearest first, by edit distance, then by name. */
    public static List<String> sort(String wanted, Collection<String> known) {
        return known.stream()
                .sorted(
                        Comparator.comparingInt((String name) -> distance(wanted, name))
                                .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** "did you mean web? there are web, api and 3 more", or that there are none. */
    public static String suggest(String wanted, Collection<String> known, String plural) {
        if (known.isEmpty()) {
            return "there are no " + plural;
        }
        List<String> sorted = sort(wanted, known);
        String nearest = sorted.getFirst();
        String meant =
                distance(wanted, nearest) <= Math.max(2, wanted.length() / 2)
                        ? "did you mean " + nearest + "? "
                        : "";
        return meant + "there are " + enumerate(sorted);
    }

    public static String enumerate(List<String> names) {
        int shown = Math.min(SHOWN, names.size());
        String text = String.join(", ", names.subList(0, shown));
        return names.size() > shown ? text + " and " + (names.size() - shown) + " more" : text;
    }

    /** Levenshtein's. */
    static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                current[column] =
                        Math.min(
                                previous[column - 1] + replaced,
                                1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
