package dev.mirrord.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long one kind of question took until it was answered.
 *
 * @param what was asked
 * @param way by which it went, for the user
 * @param nanoseconds of each, in order of size; never empty
 */
public record RoundTrips(String what, String way, List<Long> nanoseconds) {
    public RoundTrips {
        List<Long> sorted = new ArrayList<>(nanoseconds);
        Collections.sort(sorted);
        nanoseconds = List.copyOf(sorted);
        if (nanoseconds.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    public long least() {
        return nanoseconds.getFirst();
    }

    public long median() {
        return percentile(50);
    }

    /** The smallest that so many of a hundred do not exceed. */
    public long percentile(int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * nanoseconds.size());
        return nanoseconds.get(Math.max(0, rank - 1));
    }
}
