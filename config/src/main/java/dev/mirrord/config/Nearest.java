package dev.mirrord.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The word that was probably meant. */
public final class Nearest {
    private Nearest() {}

    /** Nearest first, by {@link #distance}, then by name. */
    public static List<String> sort(String word, Collection<String> known) {
        return known.stream()
                .sorted(
                        Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                                .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /**
     * @param known not empty
     */
    static String of(String word, Collection<String> known) {
        return sort(word, known).getFirst();
    }

    /**
     * Empty when nothing is near: more than two letters and a third of all would have to change.
     */
    public static Optional<String> near(String word, Collection<String> known) {
        int limit = Math.max(2, word.length() / 3);
        return sort(word, known).stream()
                .limit(1)
                .filter(nearest -> distance(word, nearest) <= limit)
                .findFirst();
    }

    /** Levenshtein's, without regard to case and to the separators {@code _} and {@code -}. */
    public static int distance(String first, String second) {
        String a = plain(first);
        String b = plain(second);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
