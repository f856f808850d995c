package dev.mirrord.session.docker.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that a mistyped one most likely stands for. */
final class NearestName {

    private NearestName() {}

    /** Empty when nothing is near: more than a third of the letters would have to change. */
    static Optional<String> of(String typed, Collection<String> names) {
        int limit = Math.max(2, typed.length() / 3);
        return names.stream()
                .filter(name -> distance(typed, name) <= limit)
                .min(Comparator.comparingInt(name -> distance(typed, name)));
    }

    /** Levenshtein distance. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int change = from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1;
                int best = Math.min(Math.min(row[column], row[column - 1]) + 1, diagonal + change);
                diagonal = row[column];
                row[column] = best;
            }
        }
        return row[to.length()];
    }
}
